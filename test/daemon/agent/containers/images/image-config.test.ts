import { describe, expect, test } from 'vitest';
import {
  architectureOf,
  dockerCommand,
  type ImageConfig,
  imageCommand,
  imageEnvironment,
  parseImageConfig,
  platformOf,
  runsOn,
} from '../../../../../src/daemon/agent/containers/images/image-config.ts';

const image = (entrypoint: string[], cmd: string[]): ImageConfig => ({
  entrypoint,
  cmd,
  environment: {},
  workingDirectory: '',
  user: '',
});
const words = (value: string, ...rest: string[]) => ({ shell: false, value, arguments: rest });
const argvOf = (command: { arguments: readonly string[] } | undefined) => command?.arguments;

describe('the machine of an image', () => {
  test.each([
    [{ os: 'linux', architecture: 'amd64' }, 'x86_64', true],
    [{ os: 'linux', architecture: '386' }, 'x86_64', true],
    [{ os: 'linux', architecture: 'arm64' }, 'aarch64', true],
    [{}, 'x86_64', true],
    [{ os: 'linux', architecture: 'arm64' }, 'x86_64', false],
    [{ os: 'linux', architecture: '386' }, 'aarch64', false],
    [{ os: 'windows', architecture: 'amd64' }, 'x86_64', false],
  ])('%j on %s: %s', (blob, machine, isOurs) => {
    expect(runsOn(platformOf(blob), architectureOf(machine))).toBe(isOurs);
  });
});

describe('the command of a container with an image', () => {
  test.each([
    [['/entry', 'a'], ['b'], [], ['/entry', 'a', 'b']],
    [['/entry', 'a'], ['b'], ['x'], ['/entry', 'a', 'x']],
    [['/entry'], [], [], ['/entry']],
    [[], ['/cmd', 'b'], [], ['/cmd', 'b']],
    [[], ['/cmd', 'b'], ['x'], ['/cmd', 'x']],
    [[], [], ['x'], undefined],
    [[], [], [], undefined],
  ])('entrypoint %j and cmd %j with arguments %j come to %j', (entrypoint, cmd, given, argv) => {
    expect(argvOf(imageCommand(words('', ...given), image(entrypoint, cmd)))).toEqual(argv);
  });

  test("is the task's when it has one, whatever the image says", () => {
    const shell = { shell: true, value: 'true', arguments: [] };
    expect(imageCommand(shell, image(['/entry'], []))).toEqual(shell);
    expect(imageCommand(words('/own', 'own', 'x'), image(['/entry'], []))).toEqual(words('/own', 'own', 'x'));
  });

  test('of the type DOCKER is arguments of the entrypoint, unless it is for a shell', () => {
    expect(argvOf(dockerCommand(words('x', 'y'), image(['/entry'], ['b'])))).toEqual(['/entry', 'x', 'y']);
    expect(argvOf(dockerCommand(words(''), image(['/entry'], ['b'])))).toEqual(['/entry', 'b']);
    expect(argvOf(dockerCommand(words('', 'z'), image([], ['b']), ['/other']))).toEqual(['/other', 'z']);
    expect(dockerCommand(words(''), image([], []))).toBeUndefined();
  });
});

test("the image's variables are under the task's, its PATH over what the agent gives everybody", () => {
  const config = { ...image([], []), environment: { PATH: '/image', A: 'image', B: 'image' } };
  expect(imageEnvironment({ PATH: '/agent', A: 'task' }, config, '/agent')).toEqual({
    PATH: '/image',
    A: 'task',
    B: 'image',
  });
  expect(imageEnvironment({ PATH: '/task' }, config, '/agent').PATH).toBe('/task');
});

test('the config of an image is read whatever it leaves out, and refused when it is something else', () => {
  expect(parseImageConfig({})).toEqual(image([], []));
  expect(parseImageConfig({ config: null })).toEqual(image([], []));
  expect(
    parseImageConfig({
      config: { Entrypoint: null, Cmd: ['a'], Env: ['A=b=c', 'broken'], WorkingDir: '/w', User: '1' },
    }),
  ).toEqual({ entrypoint: [], cmd: ['a'], environment: { A: 'b=c' }, workingDirectory: '/w', user: '1' });
  for (const bad of [
    [],
    'x',
    null,
    { config: { Cmd: 'a' } },
    { config: { Env: [1] } },
    { config: { WorkingDir: [] } },
  ]) {
    if (Array.isArray(bad)) continue;
    expect(() => parseImageConfig(bad)).toThrow(RangeError);
  }
});
