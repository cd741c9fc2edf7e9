//! The inside of a backup, entry by entry. It must never hand out a byte that was not authenticated.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use age::DecryptError;

use super::{ABOUT, About, BackupError, FORMAT, Key, Stream};
use crate::refusal::Refusal;

/// So many bytes are moved at once.
const PIECE: usize = 64 * 1024;
/// Longest description of a backup, in bytes.
const ABOUT_BYTES: u64 = 64 * 1024;

/// What is done with an entry: its name, and what it holds.
pub(super) type Each<'a> = &'a mut dyn FnMut(&str, &mut dyn Read) -> Result<(), BackupError>;

/// Opens a backup, reads what it says of itself, and hands over every entry after that; to the very end, so that a backup that was cut
/// short shows.
pub(super) fn read(
    path: &Path,
    key: &Key,
    check: &mut dyn FnMut(&About) -> Result<(), BackupError>,
    each: Each<'_>,
) -> Result<About, BackupError> {
    let file = File::open(path).map_err(BackupError::read(path))?;
    let opened = age::Decryptor::new_buffered(BufReader::new(file))
        .and_then(|decryptor| decryptor.decrypt(std::iter::once(key.identity_of_age())))
        .map_err(|error| of_age(error, path))?;
    let mut archive = tar::Archive::new(opened);
    let mut about = None;
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = entry.path().map_err(damaged)?.to_str().ok_or(BackupError::Damaged)?.to_owned();
        if !entry.header().entry_type().is_file() {
            return Err(BackupError::Damaged);
        }
        match &about {
            None if name == ABOUT => {
                let read = read_about(&mut entry)?;
                check(&read)?;
                about = Some(read);
            }
            None => return Err(BackupError::Foreign),
            Some(_) => each(&name, &mut entry)?,
        }
    }
    let mut rest = archive.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(damaged)?;
    about.ok_or(BackupError::Foreign)
}

/// What every format says of itself.
#[derive(serde::Deserialize)]
struct Version {
    format: u32,
    version: String,
}

fn read_about(entry: &mut dyn Read) -> Result<About, BackupError> {
    let mut text = Vec::new();
    entry.take(ABOUT_BYTES).read_to_end(&mut text).map_err(damaged)?;
    // What a newer format says beside this is not known.
    let Version { format, version } = serde_json::from_slice(&text).map_err(|_| BackupError::Foreign)?;
    if format > FORMAT {
        return Err(BackupError::Newer(version));
    }
    serde_json::from_slice(&text).map_err(|_| BackupError::Damaged)
}

/// Adds an entry.
pub(super) fn add(
    archive: &mut tar::Builder<impl Write>,
    name: &str,
    (bytes, contents): (u64, impl Read),
    at_s: u64,
) -> io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name)?;
    header.set_size(bytes);
    header.set_mode(0o600);
    header.set_mtime(at_s);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    archive.append(&header, contents.take(bytes))
}

/// Moves everything; tells a source that fails from a target that does.
pub(super) fn pour(source: &mut dyn Read, target: &mut dyn Write) -> Result<io::Result<()>, BackupError> {
    let mut piece = vec![0; PIECE];
    loop {
        let read = match source.read(&mut piece) {
            Ok(0) => return Ok(Ok(())),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(damaged(error)),
        };
        if let Err(error) = target.write_all(piece.get(..read).unwrap_or_default()) {
            return Ok(Err(error));
        }
    }
}

/// Gives an entry to somebody who wants a stream that lives on its own.
pub(super) fn through_pipe<T: Send>(
    source: &mut dyn Read,
    work: impl FnOnce(Stream) -> Result<T, Refusal> + Send,
) -> Result<T, BackupError> {
    let (reader, mut writer) = io::pipe().map_err(BackupError::read("a pipe"))?;
    std::thread::scope(|scope| {
        let working = scope.spawn(|| work(Box::new(reader)));
        let poured = pour(source, &mut writer);
        drop(writer);
        let worked = working.join();
        // What the source says explains better than what became of it at the other end.
        let written = poured?;
        match worked {
            Ok(Ok(value)) => written.map(|()| value).map_err(damaged),
            Ok(Err(refusal)) => Err(refusal.into()),
            Err(_) => Err(BackupError::Damaged),
        }
    })
}

fn of_age(error: DecryptError, path: &Path) -> BackupError {
    match error {
        DecryptError::DecryptionFailed
        | DecryptError::KeyDecryptionFailed
        | DecryptError::NoMatchingKeys
        | DecryptError::ExcessiveWork { .. } => BackupError::WrongKey,
        DecryptError::InvalidMac => BackupError::Damaged,
        DecryptError::InvalidHeader | DecryptError::UnknownFormat => BackupError::Foreign,
        DecryptError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => BackupError::Damaged,
        DecryptError::Io(error) => BackupError::read(path)(error),
    }
}

fn damaged(_: io::Error) -> BackupError {
    BackupError::Damaged
}
