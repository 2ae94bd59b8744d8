import { describe, expect, test } from 'vitest';
import { parseAgentOptions } from '../../../src/daemon/agent/flags.ts';

const REQUIRED = ['--master=127.0.0.1:5050', '--work-dir=/w'];

describe("the agent's flags", () => {
  test('have the defaults of the original', () => {
    const options = parseAgentOptions({ args: REQUIRED });
    expect(options).toMatchObject({
      port: 5051,
      registrationBackoffFactorMs: 1_000,
      executorReregistrationTimeoutMs: 2_000,
      gcDelayMs: 604_800_000,
      isStrict: true,
      switchUser: true,
      reconfigurationPolicy: 'equal',
    });
    expect(options.isolation).toBeUndefined();
    expect(options.flagTexts).toMatchObject({ work_dir: '/w', recovery_timeout: '15mins', containerizers: 'mesos' });
  });

  test('come from the environment too', () => {
    const env = { MESOS_MASTER: 'm:1', MESOS_WORK_DIR: '/e', MESOS_ATTRIBUTES: 'rack:r1' };
    expect(parseAgentOptions({ env })).toMatchObject({ master: 'm:1', workDir: '/e', attributes: 'rack:r1' });
  });

  test.each([
    ['--containerizers=podman,mesos', 'containerizers'],
    ['--authenticate-http-readonly', 'authenticate_http_readonly'],
    ['--image-providers=appc', 'image_providers'],
    ['--image-provisioner-backend=aufs', 'image_provisioner_backend'],
    ['--credential=/etc/credential', 'credential'],
    ['--isolation=cgroups/cpu,linux/seccomp', 'isolation'],
    ['--isolation=filesystem/linux,filesystem/posix', 'isolation'],
    ['--allowed-host-paths=data', 'allowed_host_paths'],
    ['--bounding-capabilities={"capabilities":["NET_RAW","FLY"]}', 'bounding_capabilities'],
    ['--default-container-info={"volumes":[]}', 'default_container_info'],
    ['--host-path-volume-force-creation=/data:srv', 'host_path_volume_force_creation'],
  ])('refuse what would only look as if it worked: %s', (flag, name) => {
    expect(() => parseAgentOptions({ args: [...REQUIRED, flag] })).toThrow(expect.objectContaining({ flag: name }));
  });

  test('say what is fetched, and from where not', () => {
    const limits = ['--fetcher-max-file-size=10MB', '--fetcher-forbidden-networks=10.0.0.0/8, fe80::/10'];
    expect(parseAgentOptions({ args: [...REQUIRED, ...limits] })).toMatchObject({
      fetcherMaxFileBytes: 10 * 2 ** 20,
      fetcherForbiddenNetworks: { value: ['10.0.0.0/8', 'fe80::/10'] },
    });
    expect(() => parseAgentOptions({ args: [...REQUIRED, '--fetcher-forbidden-networks=intranet'] })).toThrow(
      /fetcher_forbidden_networks/,
    );
  });

  test.each(['[1]', '"x"', '{"A":1}', '{'])('refuse variables that are none: %s', (text) => {
    expect(() => parseAgentOptions({ args: [...REQUIRED, `--executor_environment_variables=${text}`] })).toThrow(
      /executor_environment_variables/,
    );
  });
});
