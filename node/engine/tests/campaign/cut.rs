//! Power cuts: every write goes to real files and to a mirror that knows what was synced. At any moment the mirror is copied, loses what
//! was not synced (or keeps torn parts of it), and is written out as the directory found after the power came back; the files
//! of the image, which sled writes by itself, come along intact, mangled, outdated or not at all.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use maillage_engine::{Disk, DiskFile, Engine, FileDisk, MemoryDisk};

use crate::damage::{copy, files, mangle};
use crate::ledger::{WRITERS, check, open, options, write};
use crate::support::Dice;

/// Cuts during one run of a store.
const CUTS_PER_STORE: usize = 8;

/// Cuts the power `cuts` times.
pub(crate) fn campaign(cuts: usize, dice: &mut Dice) -> String {
    let (mut transactions, mut done) = (0, 0);
    while done < cuts {
        let home = tempfile::tempdir().unwrap();
        let mirror = Mirror::new(home.path());
        let engine = Engine::open_on(home.path(), Arc::new(mirror.clone()), options()).unwrap().0;
        let acknowledged: [AtomicU64; WRITERS] = Default::default();
        let (stop, former) = (AtomicBool::new(false), tempfile::tempdir().unwrap());
        thread::scope(|scope| {
            for (writer, acknowledged) in acknowledged.iter().enumerate() {
                let (engine, stop) = (&engine, &stop);
                scope.spawn(move || {
                    for number in (1..).take_while(|_| !stop.load(Ordering::Relaxed)) {
                        write(engine, writer, number).unwrap();
                        acknowledged.store(number, Ordering::SeqCst);
                    }
                });
            }
            for cut in 0..CUTS_PER_STORE.min(cuts - done) {
                let enough = engine.durable_sequence() + u64::try_from(dice.roll(250)).unwrap();
                while engine.durable_sequence() < enough {
                    thread::yield_now();
                }
                let known = acknowledged.each_ref().map(|number| number.load(Ordering::SeqCst));
                let after = mirror.cut(home.path(), former.path(), dice);
                let engine = open(after.path()).unwrap_or_else(|error| panic!("cut {cut}: {error:?}")).0;
                transactions += check(&engine, known, &format!("cut {cut}"));
                done += 1;
            }
            stop.store(true, Ordering::Relaxed);
        });
        engine.close().unwrap();
        // After a clean stop everything is on the disk, the image included.
        let known = acknowledged.each_ref().map(|number| number.load(Ordering::SeqCst));
        let after = mirror.write_out(0);
        copy(&home.path().join("image"), &after.path().join("image"));
        let (engine, opening) = open(after.path()).unwrap();
        assert!(opening.clean && opening.rebuilt.is_none(), "{opening:?}");
        check(&engine, known, "cut after a clean stop");
    }
    format!("{cuts} cuts, {WRITERS} writers, {transactions} transactions checked")
}

/// Real files, and a memory disk that knows what of them is durable.
#[derive(Clone)]
struct Mirror {
    real: Arc<FileDisk>,
    memory: MemoryDisk,
    session: Arc<dyn Disk>,
    /// One operation at a time, so that a copy is of one moment.
    turn: Arc<Mutex<()>>,
}

impl Mirror {
    fn new(directory: &Path) -> Self {
        let memory = MemoryDisk::new();
        let session = memory.session();
        Self { real: Arc::new(FileDisk::lock(directory).unwrap()), memory, session, turn: Arc::default() }
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap()
    }

    /// The directory after a power cut at this moment.
    fn cut(&self, home: &Path, former: &Path, dice: &mut Dice) -> tempfile::TempDir {
        let seed = u64::try_from(dice.roll(5) * dice.roll(1 << 30)).unwrap();
        let after = self.write_out(seed);
        let (live, image, old) = (home.join("image"), after.path().join("image"), former.join("image"));
        match dice.roll(5) {
            0 => {}
            1 if old.exists() => copy(&old, &image),
            2 => copy(&live, &image),
            _ => {
                copy(&live, &image);
                for file in files(&image) {
                    mangle(&file, dice);
                }
            }
        }
        copy(&live, &old);
        after
    }

    fn write_out(&self, seed: u64) -> tempfile::TempDir {
        let disk = {
            let _turn = self.turn();
            self.memory.fork()
        };
        disk.cut_power(seed);
        let after = tempfile::tempdir().unwrap();
        for (name, _) in disk.files() {
            fs::write(after.path().join(&name), disk.read(&name).unwrap()).unwrap();
        }
        after
    }

    fn file(&self, real: Box<dyn DiskFile>, mirrored: Box<dyn DiskFile>) -> Box<dyn DiskFile> {
        Box::new(MirrorFile { real, mirrored, turn: Arc::clone(&self.turn) })
    }
}

impl Disk for Mirror {
    fn list(&self) -> io::Result<Vec<String>> {
        self.real.list()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let _turn = self.turn();
        Ok(self.file(self.real.open(name)?, self.session.open(name)?))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let _turn = self.turn();
        Ok(self.file(self.real.create(name)?, self.session.create(name)?))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let _turn = self.turn();
        self.real.remove(name).and_then(|()| self.session.remove(name))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let _turn = self.turn();
        self.real.rename(from, to).and_then(|()| self.session.rename(from, to))
    }

    fn sync_directory(&self) -> io::Result<()> {
        let _turn = self.turn();
        self.real.sync_directory().and_then(|()| self.session.sync_directory())
    }

    fn free_bytes(&self) -> io::Result<u64> {
        self.real.free_bytes()
    }
}

struct MirrorFile {
    real: Box<dyn DiskFile>,
    mirrored: Box<dyn DiskFile>,
    turn: Arc<Mutex<()>>,
}

impl DiskFile for MirrorFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.real.read_at(offset, buffer)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let _turn = self.turn.lock().unwrap();
        self.real.write_at(offset, bytes).and_then(|()| self.mirrored.write_at(offset, bytes))
    }

    fn set_length(&self, bytes: u64) -> io::Result<()> {
        let _turn = self.turn.lock().unwrap();
        self.real.set_length(bytes).and_then(|()| self.mirrored.set_length(bytes))
    }

    fn length(&self) -> io::Result<u64> {
        self.real.length()
    }

    fn sync(&self) -> io::Result<()> {
        let _turn = self.turn.lock().unwrap();
        self.real.sync().and_then(|()| self.mirrored.sync())
    }
}
