// What we use of node-zookeeper-client 1.1.3, its inside included; the published types know neither.

declare module 'node-zookeeper-client/lib/ConnectionManager.js' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';
  import type { Credential, JuteRequest } from 'node-zookeeper-client/lib/jute/index.js';

  export interface Packet {
    readonly request: JuteRequest;
    readonly callback: (error: { readonly code: number } | null) => void;
  }

  interface PacketQueue extends EventEmitter {
    readonly queue: Packet[];
    push(packet: Packet): void;
  }

  interface States {
    readonly DISCONNECTED: 0;
    readonly CONNECTING: 1;
    readonly CONNECTED: 2;
    readonly CLOSING: -1;
    readonly CLOSED: -2;
    readonly SESSION_EXPIRED: -3;
    readonly AUTHENTICATION_FAILED: -4;
  }

  /** Connection, queue and pending requests of one session. Its methods are called by themselves through `this`. */
  class ConnectionManager extends EventEmitter {
    static readonly STATES: States;
    constructor(
      connectionString: string,
      options: { readonly sessionTimeout: number; readonly spinDelay: number },
      stateListener: (state: number) => void,
    );
    protected state: number;
    protected socket: Socket | undefined;
    protected xid: number;
    /** Eight bytes, the newest transaction that we know of. */
    protected zxid: Buffer;
    protected sessionId: Buffer;
    protected sessionPassword: Buffer;
    protected sessionTimeout: number;
    protected readonly credentials: Credential[];
    protected readonly packetQueue: PacketQueue;
    /** Sent, not answered. */
    protected readonly pendingQueue: Packet[];
    protected setState(state: number): void;
    protected updateTimeout(sessionTimeoutMs: number): void;
    /** Calls back whatever was sent with the error of this code. */
    protected cleanupPendingQueue(errorCode: number): void;
    protected onPacketQueueReadable(): void;
    protected onSocketConnected(): void;
    protected onSocketData(chunk: Buffer): void;
    protected onSocketClosed(hasError: boolean): void;
    connect(): void;
    close(): void;
  }
  export default ConnectionManager;
}

declare module 'node-zookeeper-client/lib/jute/index.js' {
  export interface Credential {
    readonly scheme: string;
    readonly auth: Buffer;
  }

  /** A message or a part of one. */
  export interface JuteRecord {
    byteLength(): number;
    serialize(buffer: Buffer, offset: number): number;
    /** Fills itself from the buffer; how many bytes it took. */
    deserialize(buffer: Buffer, offset: number): number;
  }

  interface RequestHeader extends JuteRecord {
    xid: number;
    readonly type: number;
  }

  export interface JuteRequest {
    readonly header: RequestHeader | null;
    readonly payload: JuteRecord | null;
    /** With its length before it. */
    toBuffer(): Buffer;
  }

  /** 64-bit fields are eight bytes. */
  export interface JuteStat extends JuteRecord {
    readonly czxid: Buffer;
    readonly mzxid: Buffer;
    readonly ctime: Buffer;
    readonly mtime: Buffer;
    readonly version: number;
    readonly cversion: number;
    readonly ephemeralOwner: Buffer;
    readonly dataLength: number;
    readonly numChildren: number;
  }

  interface PathRecord extends JuteRecord {
    readonly path: string;
  }

  type Watching = new (path: string, watch: boolean) => JuteRecord;

  interface Protocol {
    readonly ConnectRequest: new (
      version: number,
      lastZxidSeen: Buffer,
      timeoutMs: number,
      sessionId: Buffer,
      password: Buffer,
    ) => JuteRecord;
    readonly ConnectResponse: new () => JuteRecord & {
      readonly timeOut: number;
      readonly sessionId: Buffer;
      readonly passwd: Buffer;
    };
    readonly RequestHeader: new (xid: number, type: number) => RequestHeader;
    readonly ReplyHeader: new () => JuteRecord & { readonly xid: number; readonly zxid: Buffer; readonly err: number };
    readonly AuthPacket: new (type: number, scheme: string, auth: Buffer) => JuteRecord;
    readonly CreateRequest: new (path: string, data: Buffer, acl: readonly JuteRecord[], flags: number) => JuteRecord;
    /** Has one field, the path. */
    readonly CreateResponse: new (
      path?: string,
    ) => PathRecord;
    readonly DeleteRequest: new (path: string, version: number) => JuteRecord;
    readonly ExistsRequest: Watching;
    readonly ExistsResponse: new () => JuteRecord & { readonly stat: JuteStat };
    readonly GetDataRequest: Watching;
    /** `data` is undefined when it is null at the server. */
    readonly GetDataResponse: new () => JuteRecord & { readonly data: Buffer | undefined; readonly stat: JuteStat };
    readonly GetChildren2Request: Watching;
    readonly GetChildren2Response: new () => JuteRecord & { readonly children: string[] | undefined };
    readonly SetDataRequest: new (path: string, data: Buffer, version: number) => JuteRecord;
    readonly SetDataResponse: new () => JuteRecord & { readonly stat: JuteStat };
    readonly SetWatches: new (
      relativeZxid: Buffer,
      dataWatches: readonly string[],
      existWatches: readonly string[],
      childWatches: readonly string[],
    ) => JuteRecord;
    readonly WatcherEvent: new () => PathRecord & { readonly type: number; readonly state: number };
  }

  interface OpCodes {
    readonly CREATE: number;
    readonly DELETE: number;
    readonly EXISTS: number;
    readonly GET_DATA: number;
    readonly SET_DATA: number;
    readonly SYNC: number;
    readonly GET_CHILDREN2: number;
    readonly CHECK: number;
    readonly MULTI: number;
    readonly AUTH: number;
    readonly SET_WATCHES: number;
    readonly CLOSE_SESSION: number;
    readonly ERROR: number;
  }

  /** A step of a multi, as TransactionRequest takes it. */
  export interface TransactionStep {
    readonly type: number;
    readonly path: string;
    readonly data?: Buffer;
    readonly version?: number;
    readonly acls?: readonly { toRecord(): JuteRecord }[];
    readonly mode?: number;
  }

  interface Jute {
    readonly PROTOCOL_VERSION: number;
    readonly XID_NOTIFICATION: number;
    readonly XID_PING: number;
    readonly XID_AUTHENTICATION: number;
    readonly OP_CODES: OpCodes;
    readonly Request: new (header: RequestHeader | null, payload: JuteRecord | null) => JuteRequest;
    readonly TransactionRequest: new (steps: readonly TransactionStep[]) => JuteRecord;
    readonly TransactionResponse: new () => JuteRecord & {
      readonly results: readonly { readonly type: number; readonly err?: number }[];
    };
    readonly protocol: Protocol;
  }

  const jute: Jute;
  export default jute;
}

declare module 'node-zookeeper-client' {
  import type { JuteRecord } from 'node-zookeeper-client/lib/jute/index.js';

  export interface Acl {
    toRecord(): JuteRecord;
  }
  interface Library {
    readonly ACL: {
      readonly OPEN_ACL_UNSAFE: readonly Acl[];
      readonly CREATOR_ALL_ACL: readonly Acl[];
      readonly READ_ACL_UNSAFE: readonly Acl[];
    };
    readonly CreateMode: {
      readonly PERSISTENT: 0;
      readonly EPHEMERAL: 1;
      readonly PERSISTENT_SEQUENTIAL: 2;
      readonly EPHEMERAL_SEQUENTIAL: 3;
    };
  }
  const library: Library;
  export default library;
}
