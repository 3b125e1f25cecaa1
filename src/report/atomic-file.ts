import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../scenario/input-error.js';

/** Text is collected up to this length before it is written. */
const BUFFER_LENGTH = 1 << 18;

/**
 * A file that appears under its name only when it is complete: it is written beside its target and renamed at the end.
 *
 * @example
 * const file = new AtomicFile('requests.csv');
 * try { file.write('id\n'); file.commit(); } catch (error) { file.discard(); throw error; }
 */
export class AtomicFile {
  private readonly target: string;
  private readonly temporary: string;
  private readonly handle: number;
  private pending: string[] = [];
  private pendingLength = 0;
  private open = true;

  /** @throws InputError where the file cannot be written */
  constructor(target: string) {
    this.target = target;
    this.temporary = temporaryPath(target);
    this.handle = writable(target, () => {
      makeFolder(dirname(target));
      if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
        throw new InputError({ file: target, message: 'is a folder, not a file that could be written' });
      }
      // What a killed process with the same id has left there; "wx" below follows no link that somebody put in its place.
      rmSync(this.temporary, { force: true });
      return openSync(this.temporary, 'wx');
    });
  }

  write(data: string | Uint8Array): void {
    if (typeof data !== 'string') {
      this.flush();
      this.writeAll(data);
      return;
    }
    this.pending.push(data);
    this.pendingLength += data.length;
    if (this.pendingLength >= BUFFER_LENGTH) this.flush();
  }

  /** Puts the complete file in its place. */
  commit(): void {
    this.flush();
    writable(this.target, () => {
      this.close();
      renameSync(this.temporary, this.target);
    });
  }

  /** Removes what was written so far; does nothing after {@link commit}. */
  discard(): void {
    this.close();
    removeTemporary(this.target);
  }

  private close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.handle);
  }

  private flush(): void {
    if (this.pendingLength === 0) return;
    const text = this.pending.join('');
    this.pending = [];
    this.pendingLength = 0;
    this.writeAll(Buffer.from(text));
  }

  private writeAll(bytes: Uint8Array): void {
    writable(this.target, () => {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.handle, bytes, written);
    });
  }
}

/**
 * Writes a whole file at once, or not at all.
 *
 * @example writeFileAtomic('results/chat/result.json', renderJson(document))
 */
export function writeFileAtomic(target: string, text: string): void {
  const file = new AtomicFile(target);
  try {
    file.write(text);
    file.commit();
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** Removes what an {@link AtomicFile} of this process has left beside its target, such as in a thread that was stopped. */
export function removeTemporary(target: string): void {
  try {
    rmSync(temporaryPath(target), { force: true });
  } catch {
    // It was never there: the reason that the file could not be written is what the user needs to hear.
  }
}

/** Whether a file is what an {@link AtomicFile} left whose process was killed, or writes at this moment. */
export function isTemporary(name: string): boolean {
  return /^\..+\.\d+\.part$/.test(name);
}

function temporaryPath(target: string): string {
  return join(dirname(target), `.${basename(target).slice(0, 100)}.${process.pid}.part`);
}

/** With its parents. Not by `recursive: true`, which never comes back from places such as /proc that refuse new folders. */
export function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another run may have made it meanwhile.
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) throw error;
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a part of its path is a file, not a folder',
  ENAMETOOLONG: 'its name is too long',
  EISDIR: 'it is a folder',
  ENOENT: 'its folder cannot be made',
  EIO: 'the device reports an error',
};

/** Where a file cannot be written, the user can do something about it. */
function writable<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw writeProblem(file, error);
  }
}

/** What a user can do about output that was not accepted; any other error comes back as it is. */
export function writeProblem(file: string, error: unknown): unknown {
  if (error instanceof InputError || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  return new InputError({ file, message: `cannot be written: ${CAUSES[code] ?? code}` });
}
