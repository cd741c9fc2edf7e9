//! Backups as an adversary would have them: damaged anywhere, cut short, of the future, of another program, opened with
//! another key, put where something is already, made where they must not be.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::*;
use crate::directory::DataDirectory;

const PROGRAM: &str = "maillage-node";
const WORDS: &str = "quatre mots bien choisis";

/// A data directory with keys, something of a process and a store that is not its export.
struct Place {
    root: tempfile::TempDir,
    directory: DataDirectory,
    export: PathBuf,
}

/// A store of this test is text, its rows are lines.
fn count(mut stream: Stream) -> Result<StoreFacts, Refusal> {
    let mut text = String::new();
    stream.read_to_string(&mut text).map_err(|_| Refusal::new(RefusalKind::Internal, "store-damaged"))?;
    Ok(StoreFacts { sequence: 7, rows: text.lines().count() as u64 })
}

fn put_store(directory: &Path, mut stream: Stream) -> Result<StoreFacts, Refusal> {
    let mut text = Vec::new();
    stream.read_to_end(&mut text).map_err(|_| Refusal::new(RefusalKind::Internal, "store-damaged"))?;
    fs::create_dir(directory).unwrap();
    fs::write(directory.join("rows"), &text).unwrap();
    count(Box::new(std::io::Cursor::new(text)))
}

fn place() -> Place {
    let root = tempfile::tempdir().unwrap();
    let directory = DataDirectory::create(root.path().join("data"), PROGRAM).unwrap();
    for folder in ["identity", "store", "run"] {
        fs::create_dir(directory.join(folder)).unwrap();
    }
    for (name, contents) in [
        ("profile.json", "the desk"),
        ("identity/signing.key", "a key"),
        ("identity/node.pem.12.new", "half"),
        ("store/journal", "of the old store"),
        ("run/api.token", "of a process"),
        ("lock", "12"),
    ] {
        fs::write(directory.join(name), contents).unwrap();
    }
    let export = root.path().join("export");
    fs::write(&export, "a row\n".repeat(40_000)).unwrap();
    Place { root, directory, export }
}

impl Place {
    fn make(&self, to: &Path, lock: &Lock) -> Result<Made, BackupError> {
        self.with_wanted(to, lock, make)
    }

    fn with_wanted<T>(&self, to: &Path, lock: &Lock, then: impl FnOnce(&Wanted<'_>) -> T) -> T {
        then(&Wanted {
            directory: &self.directory,
            store: &self.export,
            facts: StoreFacts { sequence: 7, rows: 40_000 },
            version: "0.1.0",
            made_at: "2026-11-29T06:00:00Z".parse().unwrap(),
            to,
            lock,
            check: &count,
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn passphrase(&self, words: &str) -> PathBuf {
        let path = self.path("words");
        crate::secrets::write_secret(&path, format!("{words}\n").as_bytes()).unwrap();
        path
    }

    fn left(&self) -> Vec<String> {
        let names = fs::read_dir(self.root.path()).unwrap();
        let mut names: Vec<String> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn put_back(from: &Path, key: &Key, into: &Path) -> Result<About, BackupError> {
    restore(&Taking { from, key, into, program: PROGRAM, store: &put_store, finish: &|_, _| Ok(()) })
}

/// A pair of keys of age; the secret one in a file.
fn key_pair(place: &Place) -> (Lock, Key) {
    use age::secrecy::ExposeSecret as _;
    let identity = age::x25519::Identity::generate();
    let path = place.path("key");
    let text = format!("# created: today\n{}\n", identity.to_string().expose_secret());
    crate::secrets::write_secret(&path, text.as_bytes()).unwrap();
    (Lock::recipient(&identity.to_public().to_string()).unwrap(), Key::identity(&path).unwrap())
}

#[test]
fn what_was_backed_up_comes_back_private_and_nothing_of_the_old_process() {
    let place = place();
    let (to, words) = (place.path("b.age"), place.passphrase(WORDS));
    let made = place.make(&to, &Lock::passphrase(&words).unwrap()).unwrap();
    assert_eq!((made.files, made.about.store.rows), (2, 40_000));
    assert_eq!(made.bytes, fs::metadata(&to).unwrap().len());
    assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = fs::read(&to).unwrap();
    assert!(!bytes.windows(8).any(|window| window == b"the desk"), "in clear");
    let into = place.path("elsewhere/data");
    let about = put_back(&to, &Key::passphrase(&words).unwrap(), &into).unwrap();
    assert_eq!(about, made.about);
    let directory = DataDirectory::open(&into, PROGRAM).unwrap();
    assert_eq!(fs::read_to_string(directory.join("identity/signing.key")).unwrap(), "a key");
    assert_eq!(fs::metadata(directory.join("profile.json")).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read(directory.join("store/rows")).unwrap().len(), 240_000);
    for gone in ["run", "lock", "store/journal", "identity/node.pem.12.new", "restoring"] {
        assert!(!directory.join(gone).exists(), "{gone}");
    }
}

#[test]
fn nothing_is_replaced_and_nothing_half_done_is_left() {
    let place = place();
    let (lock, _) = key_pair(&place);
    let refused = |to: &Path| Refusal::from(place.make(to, &lock).unwrap_err()).reason().to_owned();
    let before = place.left();
    fs::write(place.path("there"), "a file").unwrap();
    assert_eq!(refused(&place.path("there")), "backup-exists");
    assert_eq!(fs::read_to_string(place.path("there")).unwrap(), "a file");
    fs::remove_file(place.path("there")).unwrap();
    assert_eq!(refused(&place.directory.join("identity/b.age")), "backup-inside-data");
    assert_eq!(refused(&place.path("no/such/b.age")), "backup-cannot-write");
    // A store that does not hold what it is said to hold, and one that cannot be read.
    fs::write(&place.export, "a row\n".repeat(39_999)).unwrap();
    assert_eq!(refused(&place.path("b.age")), "backup-damaged");
    fs::remove_file(&place.export).unwrap();
    assert_eq!(refused(&place.path("b.age")), "backup-cannot-read");
    assert_eq!(place.left(), before.into_iter().filter(|name| name != "export").collect::<Vec<_>>());
}

#[test]
fn a_full_disk_is_told_as_one() {
    let place = place();
    let (lock, _) = key_pair(&place);
    // A device that is full whatever is written to it.
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let to = place.path("b.age");
    let filled = place.with_wanted(&to, &lock, |wanted| {
        let about = About {
            format: FORMAT,
            program: PROGRAM.to_owned(),
            version: String::new(),
            made_at: String::new(),
            store: wanted.facts,
        };
        super::make::fill(wanted, &about, full).map(drop).unwrap_err()
    });
    let refusal = Refusal::from(filled);
    assert_eq!(refusal.reason(), "backup-disk-full");
    assert!(refusal.details()["path"].ends_with("b.age"), "{refusal:?}");
    // The same when it is the directory to restore into that has no space, however deep it was found.
    let full = || io::Error::from(io::ErrorKind::StorageFull);
    let path = || PathBuf::from("into");
    for error in [
        DirectoryError::File { path: path(), source: full() },
        DirectoryError::Secret(crate::secrets::SecretError::File {
            path: path(),
            action: "written",
            source: full(),
        }),
    ] {
        assert!(is_disk_full(&error));
        assert_eq!(Refusal::from(BackupError::directory(&path(), &error)).reason(), "backup-disk-full");
    }
    let other = DirectoryError::File { path: path(), source: io::ErrorKind::PermissionDenied.into() };
    assert_eq!(Refusal::from(BackupError::directory(&path(), &other)).reason(), "backup-cannot-write");
}

#[test]
fn what_was_left_by_a_backup_that_was_ended_goes_with_the_next() {
    let place = place();
    let (lock, _) = key_pair(&place);
    let ours = ["monday.age.4711.unfinished", "monday.age.4712.unfinished"];
    let others = ["report.unfinished", "monday.age.new.unfinished", ".12.unfinished"];
    for name in ours.iter().chain(&others) {
        fs::write(place.path(name), "half").unwrap();
    }
    // Somebody is still at the second one.
    let held = fs::File::open(place.path(ours[1])).unwrap();
    held.try_lock().unwrap();
    place.make(&place.path("tuesday.age"), &lock).unwrap();
    assert!(!place.path(ours[0]).exists());
    assert!(others.iter().chain(&ours[1..]).all(|name| place.path(name).exists()));
    drop(held);
    place.make(&place.path("wednesday.age"), &lock).unwrap();
    assert!(!place.path(ours[1]).exists());
}

#[test]
fn a_restore_that_was_ended_in_the_middle_is_begun_again_or_told() {
    let place = place();
    let (lock, key) = key_pair(&place);
    let (to, into) = (place.path("b.age"), place.path("into"));
    place.make(&to, &lock).unwrap();
    let leave = |names: &[&str]| {
        for name in names {
            fs::create_dir_all(into.join(name)).unwrap();
        }
    };
    leave(&["restoring/identity"]);
    let held = fs::File::open(into.join("restoring")).unwrap();
    held.try_lock().unwrap();
    assert!(matches!(put_back(&to, &key, &into), Err(BackupError::NotEmpty(_))), "another is at it");
    drop(held);
    // Some of it was put in place already.
    leave(&["identity"]);
    let refused = Refusal::from(put_back(&to, &key, &into).unwrap_err());
    assert_eq!(refused.reason(), "restore-broken-off");
    fs::remove_dir(into.join("identity")).unwrap();
    put_back(&to, &key, &into).unwrap();
    assert!(into.join("profile.json").exists() && !into.join("restoring").exists());
}

#[test]
fn what_cannot_all_be_put_in_place_is_taken_back() {
    let place = place();
    let (lock, key) = key_pair(&place);
    let (to, into) = (place.path("b.age"), place.path("into"));
    place.make(&to, &lock).unwrap();
    fs::create_dir(&into).unwrap();
    // Somebody puts a folder where one of the files belongs, while the rest is read.
    let in_the_way = |_: &DataDirectory, _: &About| {
        fs::create_dir(into.join("profile.json")).unwrap();
        Ok(())
    };
    let taking = Taking {
        from: &to,
        key: &key,
        into: &into,
        program: PROGRAM,
        store: &put_store,
        finish: &in_the_way,
    };
    assert!(matches!(restore(&taking), Err(BackupError::Write { .. })));
    let left: Vec<_> = fs::read_dir(&into).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["profile.json"]);
}

#[test]
fn no_damage_passes_and_the_directory_stays_absent() {
    let place = place();
    let (lock, key) = key_pair(&place);
    let to = place.path("b.age");
    let bytes = place.make(&to, &lock).map(|_| fs::read(&to).unwrap()).unwrap();
    let (wrong, into) = (place.path("wrong.age"), place.path("into"));
    let step = bytes.len() / 61;
    for at in (0..bytes.len()).step_by(step).chain([bytes.len() - 1]) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        for contents in [&flipped, &bytes[..at].to_vec()] {
            fs::write(&wrong, contents).unwrap();
            let refused = put_back(&wrong, &key, &into).unwrap_err();
            let expected =
                matches!(refused, BackupError::Damaged | BackupError::Foreign | BackupError::WrongKey);
            assert!(expected || matches!(refused, BackupError::Read { .. }), "at {at}: {refused:?}");
            assert!(!into.exists(), "at {at}");
        }
    }
    put_back(&to, &key, &into).unwrap();
}

#[test]
fn another_passphrase_or_key_opens_nothing() {
    let place = place();
    let (to, into) = (place.path("b.age"), place.path("into"));
    let (lock, _) = key_pair(&place);
    place.make(&to, &lock).unwrap();
    let (_, another) = key_pair(&place);
    let words = Key::passphrase(&place.passphrase(WORDS)).unwrap();
    for key in [another, words] {
        assert!(matches!(put_back(&to, &key, &into), Err(BackupError::WrongKey)));
    }
    let closed = place.path("c.age");
    place.make(&closed, &Lock::passphrase(&place.passphrase(WORDS)).unwrap()).unwrap();
    let wrong = Key::passphrase(&place.passphrase("quatre mots mal choisis")).unwrap();
    assert!(matches!(put_back(&closed, &wrong, &into), Err(BackupError::WrongKey)));
    assert!(!into.exists());
    let short = Lock::passphrase(&place.passphrase("trop court")).unwrap_err();
    assert_eq!(short.reason(), "passphrase-too-short");
    fs::set_permissions(place.path("words"), fs::Permissions::from_mode(0o644)).unwrap();
    let exposed = Lock::passphrase(&place.path("words")).unwrap_err();
    assert_eq!(exposed.reason(), "passphrase-file-exposed");
}

#[test]
fn a_directory_that_holds_anything_is_left_alone() {
    let place = place();
    let (lock, key) = key_pair(&place);
    let (to, into) = (place.path("b.age"), place.path("into"));
    place.make(&to, &lock).unwrap();
    fs::create_dir(&into).unwrap();
    fs::write(into.join("note"), "mine").unwrap();
    assert!(matches!(put_back(&to, &key, &into), Err(BackupError::NotEmpty(_))));
    assert!(matches!(put_back(&to, &key, &into.join("note")), Err(BackupError::NotEmpty(_))));
    assert_eq!(fs::read_dir(&into).unwrap().count(), 1);
    fs::remove_file(into.join("note")).unwrap();
    put_back(&to, &key, &into).unwrap();
}

#[test]
fn the_future_another_program_and_a_refusal_at_the_end_put_nothing_in_place() {
    let place = place();
    let (lock, key) = key_pair(&place);
    let (to, into) = (place.path("b.age"), place.path("into"));
    place.make(&to, &lock).unwrap();
    let taking = Taking {
        from: &to,
        key: &key,
        into: &into,
        program: "maillage-hub",
        store: &put_store,
        finish: &|_, _| Ok(()),
    };
    assert!(matches!(restore(&taking), Err(BackupError::OtherProgram(owner)) if owner == PROGRAM));
    let refuse = |_: &DataDirectory, _: &About| Err(Refusal::new(RefusalKind::Conflict, "store-newer"));
    let late = restore(&Taking { program: PROGRAM, finish: &refuse, ..taking });
    assert!(matches!(late, Err(BackupError::Refused(refusal)) if refusal.reason() == "store-newer"));
    assert!(!into.exists());
    let future = place.path("future.age");
    let sealed = lock.fit().encryptor.wrap_output(fs::File::create(&future).unwrap()).unwrap();
    let mut archive = tar::Builder::new(sealed);
    let text: &[u8] = br#"{"format": 2, "version": "9.1.0", "of": {"who": "knows"}}"#;
    archive::add(&mut archive, ABOUT, (text.len() as u64, text), 0).unwrap();
    archive.into_inner().unwrap().finish().unwrap();
    let newer = put_back(&future, &key, &into);
    assert!(matches!(newer, Err(BackupError::Newer(version)) if version == "9.1.0"));
}
