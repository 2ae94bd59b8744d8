// Backup of a store as text, and back.
export { type BackupEntry, type BackupHeader, backupChunks } from './format.ts';
export { type Backup, BackupError, type BackupErrorCode, readBackup } from './read.ts';
export { planRestore, type Restoration } from './restore.ts';
