// Package spool keeps lines on disk until each has its verdict: segment files
// that are appended to, read back in order, and removed once they are done.
//
// A process has a folder of its own below the one that it is given, named
// <Unix milliseconds, 13 digits>-<id of 12 letters>, with
//
//	lock                 locked while the process lives
//	<12 digits>.seg      segments, numbered from 1
//	checkpoint           which lines have their verdict
//
// and the lock file of the upper folder is held while a folder is made or
// adopted. Open adopts the folders that nobody holds: their lines keep their
// identity, id and sequence, and nothing is ever added to them. What a later
// program wrote is left alone, with an error that says so.
//
// # Format, version 1
//
// All numbers are little-endian. CRC is CRC-32C (Castagnoli).
//
// A segment begins with a header of 44 bytes:
//
//	 0  8  "spanlogS"
//	 8  4  version, 1
//	12  4  length of the header, in every version
//	16  8  number of the segment
//	24  8  number of the segment before it that had frames, 0 for none
//	32  4  how many frames that one had
//	36  4  frames in this segment where it was made anew, else 0
//	40  4  CRC of all before; in every version the last 4 bytes
//
// Frames follow without a gap:
//
//	 0  4  CRC of all that follows, begun with the seed
//	 4  4  length of the payload
//	 8  8  sequence: which line of the process it is; counts up, with gaps
//	16  4  ordinal: which frame of the segment it is, from 0
//	20     payload
//
// The seed is the CRC of the id and the number of the segment in 8 bytes, so
// that a frame of another segment, or one that somebody logs, is none. A
// payload is
//
//	 0  8  time of arrival, Unix nanoseconds
//	 8  4  length of the line before it was cut, if it was
//	12  2  level, as in log/slog, signed
//	14  1  length of the data stream's name
//	15     the name, then the line
//
// A checkpoint is a header as above, 20 bytes with "spanlogC", and for each
// segment
//
//	 0  8  number
//	 8  4  frames, 0 while it is written
//	12  4  how many of them are damaged, and were counted
//	16  8  sequence of the first bit
//	24  4  number of 64-bit words that follow: a bit for each verdict
//
// and in the end the CRC of what follows the header.
//
// # Damage
//
// A frame is returned if its CRC is right, its sequence and ordinal follow on
// what came before, and no more frames are missing than the bytes between
// could hold; or never. Behind damage the next such frame is looked for,
// first where the damaged one says that it ends, then at every byte. How many
// are missing is known from the ordinals, at the end of a segment from the
// next header or the checkpoint. Of the last segment of a process that was
// killed nobody knows the end: bytes there that are no frame count as one
// that was torn.
// A damaged header costs no frame, a damaged checkpoint no line: some get
// their verdict twice. What is missing is counted by the first process that
// adopts the folder, if it can write that down.
//
// # Failures
//
//   - A write that fails, or is short, ends its segment: nothing is ever
//     written behind what it left. The lines are the caller's still.
//   - A sync that fails may have lost the pages, whatever the next one says.
//     Its segment is read, as long as it can be, and written anew beside,
//     synced, renamed. Until that succeeds Sync fails.
//   - A folder that somebody removes is made again and locked again, and so
//     is what is in files that are open; Sync looks for each file, whoever
//     wrote it, and returns an error if one is gone. Lines that were in it only are lost and
//     counted; those that are in memory too are no longer taken for safe.
//   - The limit of size is never exceeded but by a segment that is being made
//     anew. When three quarters are used, segments of which most lines have
//     their verdict are made anew without those.
//
// # What is durable
//
// What Append has written survives the end of the process; what Sync, or
// Append with the policy Each, returned nil for, the end of the machine. A
// verdict is durable after Maintain: it writes the checkpoint beside, syncs,
// renames and syncs the folder, then removes segments. Before that, a line
// may come back that has its verdict already.
package spool
