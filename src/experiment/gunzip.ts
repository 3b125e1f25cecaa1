import { constants, createGunzip, type Gunzip } from 'node:zlib';
import { InputError } from '../scenario/input-error.js';

/** What Node's compression streams can do beyond their documentation. */
interface SyncStream {
  _handle: { close(): void } | null;
  _processChunk(chunk: Uint8Array, flush: number): Uint8Array | undefined;
}

/** Whether a file begins like a gzipped one. */
export function isGzip(start: Uint8Array): boolean {
  return start.length > 2 && start[0] === 0x1f && start[1] === 0x8b;
}

/**
 * Unpacks gzip piece by piece and at once, where Node's documented interface is either for whole files (gunzipSync) or
 * asynchronous. It uses the streams' own synchronous step, as the package minizlib does, on which npm rests: that step closes
 * the handle at its end, so closing is put off.
 *
 * @example
 * const gunzip = new SyncGunzip('trace.csv.gz');
 * const text = Buffer.concat([gunzip.push(piece), gunzip.end()]);
 */
export class SyncGunzip {
  private readonly stream: Gunzip & SyncStream;
  private readonly handle: { close(): void } | null;
  private readonly closeHandle: (() => void) | undefined;

  /** @param file name for messages */
  constructor(private readonly file: string) {
    this.stream = createGunzip() as Gunzip & SyncStream;
    this.stream.on('error', () => {});
    this.handle = this.stream._handle;
    this.closeHandle = this.handle?.close.bind(this.handle);
    if (this.handle !== null) this.handle.close = () => {};
  }

  /** What a piece of the file unpacks to. */
  push(piece: Uint8Array): Buffer {
    return this.process(piece, constants.Z_SYNC_FLUSH);
  }

  /**
   * The rest.
   *
   * @throws InputError where the file breaks off
   */
  end(): Buffer {
    return this.process(new Uint8Array(0), constants.Z_FINISH);
  }

  /** Frees the memory; nothing can be unpacked afterwards. */
  close(): void {
    this.closeHandle?.();
  }

  private process(piece: Uint8Array, flush: number): Buffer {
    try {
      const unpacked = this.stream._processChunk(piece, flush);
      return unpacked === undefined ? Buffer.alloc(0) : Buffer.from(unpacked);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new InputError({ message: `cannot be unpacked: ${reason}`, file: this.file });
    } finally {
      this.stream._handle = this.handle;
      // Every step leaves a listener behind.
      this.stream.removeAllListeners('error').on('error', () => {});
    }
  }
}
