// What the operator decides about the balancer as a whole, by options.
import { describe, expect, test } from 'vitest';
import { serverStatePath } from '../../../src/haproxy/apply/install/state-for-haproxy.ts';
import type { BalancerOptions } from '../../../src/haproxy/model/options.ts';
import { render } from '../../../src/haproxy/render/render.ts';
import { model, OPTIONS, renderServices, section, service, withTemplates } from './made-services.ts';
import { complaints, MISSING } from './real-haproxy.ts';

const heads = (config: string) => config.split('\n').filter((line) => /^\w/.test(line));
const HTTPS = 'frontend marathon_https_in';

describe('the frontend that goes by app id', () => {
  const web = service({ appId: '/web', mode: 'http' });

  test('listens where it is told to', () => {
    const { config } = renderServices([web], { appIdPort: 9191 }).rendered;
    expect(section(config, 'frontend marathon_http_appid_in')?.[0]).toBe('bind *:9191');
  });

  test('is not there when nobody wants it, whoever wrote its head', () => {
    const head = 'frontend marathon_http_appid_in\n  bind *:9091\n  mode http';
    const own = withTemplates({ HTTP_FRONTEND_APPID_HEAD: head });
    const options = { ...OPTIONS, appIdPort: 'none' as const };
    expect(heads(render(model(web), options, own).rendered.config)).toEqual([
      ...['global', 'defaults', 'listen stats', 'frontend web_10000', 'backend web_10000'],
    ]);
    expect(section(render(model(web), OPTIONS, own).rendered.config, 'frontend marathon_http_appid_in')?.[0]).toBe(
      'bind *:9091',
    );
  });
});

describe('the head', () => {
  const text = (options: Partial<BalancerOptions>) => renderServices([], options).rendered.config;

  test('says after how many reloads old workers end, unless nobody wants that', () => {
    expect(section(text({}), 'global')).toContain('mworker-max-reloads 20');
    expect(section(text({ style: 'bridge' }), 'global')).toContain('mworker-max-reloads 20');
    expect(text({ maxReloads: 'none' })).not.toContain('mworker');
  });

  test.each(['marathon-lb', 'bridge'] as const)(
    'of style %s reads the state of servers from the file it is told',
    (style) => {
      expect(text({ style })).not.toContain('state-f');
      const config = text({ style, serverStateFile: '/var/lib/x/servers' });
      expect(section(config, 'global')).toContain('server-state-file /var/lib/x/servers');
      expect(section(config, 'defaults')).toContain('load-server-state-from-file global');
      expect(serverStatePath(config)).toBe('/var/lib/x/servers');
    },
  );
});

describe('port 443', () => {
  const shop = service({ appId: '/shop', virtualHosts: ['shop.example'] });
  const many = Array.from({ length: 70 }, (_, index) => `/etc/haproxy/certs/${index}.pem`);

  test('offers the protocols it is told to', () => {
    const { config } = renderServices([shop], { certificates: ['/c/a.pem'], alpn: ['h2', 'http/1.1'] }).rendered;
    expect(section(config, HTTPS)?.[0]).toBe('bind *:443 ssl crt /c/a.pem alpn h2,http/1.1');
  });

  test.each([false, true])(
    'has certificates that are too many for a line in a list, in their order (grouped: %s)',
    (grouped) => {
      const { rendered } = renderServices([shop], { certificates: many, groupsHttpsByVirtualHost: grouped });
      const { config, maps } = rendered;
      expect(config).toContain('ssl crt-list /etc/haproxy/certificates.list\n');
      expect(maps['certificates.list']).toBe(`${many.join('\n')}\n`);
      for (const line of config.split('\n')) expect(line.trim().split(/\s+/).length).toBeLessThanOrEqual(60);
      if (MISSING === undefined) expect(complaints(rendered)).toBe('');
    },
  );
});

describe('requests that may be made twice', () => {
  test('are sent to another server only where the operator wants it, and never in tcp mode', () => {
    const services = [service({ appId: '/tcp' }), service({ appId: '/web', port: 10_001, mode: 'http' })];
    expect(renderServices(services).rendered.config).not.toContain('retry');
    const { rendered } = renderServices(services, { retriesRequests: true });
    expect(section(rendered.config, 'backend tcp_10000')?.join()).not.toContain('retry');
    expect(section(rendered.config, 'backend web_10001')).toEqual(
      expect.arrayContaining([
        'retry-on conn-failure empty-response junk-response',
        'option redispatch 1',
        'http-request disable-l7-retry unless { method GET HEAD OPTIONS }',
      ]),
    );
    if (MISSING === undefined) expect(complaints(rendered)).toBe('');
  });
});

describe('port 443 without a certificate', () => {
  const web = service({ appId: '/web', virtualHosts: ['web.example'] });
  const none = { certificates: [], missingCertificates: ['/etc/ssl/cert.pem'] };
  const said = (services: Parameters<typeof renderServices>[0], options: Partial<BalancerOptions> = none) =>
    renderServices(services, options).problems.map(({ message }) => message);

  test('is told once, where somebody would be behind it, with what becomes of redirects', () => {
    expect(said([web])).toEqual([expect.stringMatching(/no certificate at \/etc\/ssl\/cert\.pem; .*--ssl-certs/)]);
    const other = service({ appId: '/z', virtualHosts: ['z.example'], redirectsToHttps: true });
    expect(said([web, other])).toEqual([
      expect.stringMatching(/nor for 1 more.*port 80 serves what it would redirect/),
    ]);
  });

  test('is not told where nobody misses it', () => {
    expect(said([service({ appId: '/tcp' })])).toEqual([]);
    expect(said([web], { certificates: [] })).toEqual([]);
    expect(said([web], { ...none, bindsHttp: false })).toEqual([]);
    expect(said([web], { ...none, style: 'bridge' })).toEqual([]);
    const head = 'frontend marathon_https_in\n  bind *:443 ssl crt /c.pem\n  mode http';
    const own = withTemplates({ HTTPS_FRONTEND_HEAD: head });
    expect(render(model(web), { ...OPTIONS, ...none }, own).problems).toEqual([]);
  });
});
