/** Something about the keys folder that only its operator can mend: it names the file and the fix. */
export class KeyFault extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'KeyFault'
  }
}

/** The folder refuses every write, as a mounted Kubernetes secret does. */
export class FolderNotWritable extends KeyFault {}

/** Another process changed the keys at the same moment: look again. */
export class KeysBusy extends KeyFault {}
