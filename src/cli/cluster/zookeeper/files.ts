// The files that one ZooKeeper of a local cluster is started with: zoo.cfg, myid and the rules of its log.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectoriesSync } from '../../../world/real/disk/make-directories.ts';
import { type Ways, waysOf } from '../chaos/ways.ts';
import { type ClusterPaths, daemonDirectory } from '../layout.ts';
import { type ClusterPlan, zooKeeperName } from '../plan.ts';
import { ZOOKEEPER_JARS } from './installed.ts';

/** Session time-outs lie between 2 and 20 of these: 1 to 10 s. */
const TICK_MS = 500;

/** Command line of the `index`-th ZooKeeper (from 0) of the plan. */
export function zooKeeperCommand(paths: ClusterPaths, index: number): [string, ...string[]] {
  const directory = daemonDirectory(paths, zooKeeperName(index));
  return [
    'java',
    // With half of it a server died of requests of the largest size that a state is written in.
    '-Xmx256m',
    // Short starts are worth more here than speed after hours.
    '-XX:TieredStopAtLevel=1',
    '-XX:+UseSerialGC',
    `-XX:ErrorFile=${join(directory, 'crash-%p.log')}`,
    `-Dlog4j.configuration=${new URL(`file://${join(directory, 'log4j.properties')}`).href}`,
    '-cp',
    ZOOKEEPER_JARS.join(':'),
    'org.apache.zookeeper.server.quorum.QuorumPeerMain',
    join(directory, 'zoo.cfg'),
  ];
}

/** Written anew at every start of the cluster: ports may be others. */
export function writeZooKeeperFiles(paths: ClusterPaths, plan: ClusterPlan): void {
  const ways = waysOf(plan);
  for (const index of plan.zookeepers.keys()) {
    const name = zooKeeperName(index);
    const directory = daemonDirectory(paths, name);
    makeDirectoriesSync(join(paths.logs, name));
    makeDirectoriesSync(join(directory, 'data'));
    writeFileSync(join(directory, 'zoo.cfg'), zooConfig(plan, ways, index, join(directory, 'data')));
    writeFileSync(join(directory, 'data', 'myid'), `${index + 1}\n`);
    writeFileSync(join(directory, 'log4j.properties'), logRules(join(paths.logs, name, 'zookeeper.log')));
  }
}

/** Each server finds the others where its own ways lead to them; their views differ, and that is all right with it. */
export function zooConfig(plan: ClusterPlan, ways: Ways, index: number, dataDirectory: string): string {
  const self = plan.zookeepers[index];
  if (self === undefined) throw new Error(`there is no ${zooKeeperName(index)}`);
  const isAlone = plan.zookeepers.length === 1;
  return properties({
    tickTime: TICK_MS,
    initLimit: 10,
    // A lost leader of the ensemble must be replaced before the sessions of the cluster's leaders end (daemons.ts).
    syncLimit: 4,
    dataDir: dataDirectory,
    'admin.enableServer': 'false',
    '4lw.commands.whitelist': 'srvr,mntr,ruok,stat,cons',
    // Every member comes from this one machine.
    maxClientCnxns: 0,
    preAllocSize: 4096,
    'autopurge.snapRetainCount': 3,
    'autopurge.purgeInterval': 1,
    ...(isAlone && { clientPort: self.port, clientPortAddress: self.ip }),
    ...(!isAlone &&
      Object.fromEntries(
        plan.zookeepers.map((own, other) => {
          if (other === index) return [`server.${other + 1}`, server(own.ip, own.peerPort, own.electionPort, own.port)];
          const { peer, election, client } = ways.peer(zooKeeperName(index), other);
          return [`server.${other + 1}`, server(peer.ip, peer.port, election.port, client.port)];
        }),
      )),
  });
}

const server = (ip: string, peer: number, election: number, client: number): string =>
  `${ip}:${peer}:${election};${ip}:${client}`;

/** Lines that `mctl cluster logs` can put in order with the others'. */
function logRules(file: string): string {
  return properties({
    'log4j.rootLogger': 'INFO, file',
    // A line for each question whether it serves.
    'log4j.logger.org.apache.zookeeper.server.NIOServerCnxn': 'WARN',
    'log4j.appender.file': 'org.apache.log4j.RollingFileAppender',
    'log4j.appender.file.File': file,
    'log4j.appender.file.MaxFileSize': '10MB',
    'log4j.appender.file.MaxBackupIndex': 1,
    'log4j.appender.file.layout': 'org.apache.log4j.EnhancedPatternLayout',
    'log4j.appender.file.layout.ConversionPattern': "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z'}{UTC} %-5p %c{1}: %m%n",
  });
}

/** As Java reads them: in Latin 1, with the backslash for what it does not hold. */
function properties(settings: Readonly<Record<string, string | number>>): string {
  const escaped = (text: string): string =>
    text
      .replaceAll('\\', '\\\\')
      .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${escaped(String(value))}\n`)
    .join('');
}
