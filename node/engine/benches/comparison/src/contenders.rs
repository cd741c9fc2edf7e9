//! The stores compared, each used as its own documentation asks for durable commits.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};

use maillage_engine::{Engine, EngineError, Options, Tree};

use crate::Booking;

/// A store that can book.
pub(crate) trait Contender: Sync {
    /// What to print.
    fn name(&self) -> &'static str;
    /// Returns once the booking is durable.
    fn book(&self, booking: Booking);
}

type Make = fn(&Path) -> Box<dyn Contender>;

/// All of them; the first one is the limit that the others are compared with.
pub(crate) fn all() -> Vec<Make> {
    vec![
        |directory| Box::new(Raw::new(directory, false)),
        |directory| Box::new(Raw::new(directory, true)),
        |directory| Box::new(Ours::new(directory)),
        |directory| Box::new(Sled::new(directory)),
        |directory| Box::new(Sqlite::new(directory)),
        |directory| Box::new(Redb::new(directory)),
        |directory| Box::new(Fjall::new(directory)),
    ]
}

pub(crate) const TRIPS: Tree = Tree::named("trips");
pub(crate) const BY_DAY: Tree = Tree::named("trips/by-day");
pub(crate) const BY_PERSON: Tree = Tree::named("trips/by-person");
pub(crate) const BY_DRIVER: Tree = Tree::named("trips/by-driver");
pub(crate) const OUTBOX: Tree = Tree::named("outbox");
pub(crate) const TREES: &[Tree] = &[TRIPS, BY_DAY, BY_PERSON, BY_DRIVER, OUTBOX];

/// Length of the preallocated file, in bytes; writing starts over at its end.
const WRITTEN_AHEAD: u64 = 64 << 20;

/// Writes and `fdatasync`, alone or (as soon as there are several writers) with a group commit: what the disk can do.
struct Raw {
    name: &'static str,
    file: Arc<Mutex<(File, u64)>>,
    group: Arc<(Mutex<Group>, Condvar)>,
    written_ahead: bool,
}

#[derive(Default)]
struct Group {
    waiting: Vec<u8>,
    next: u64,
    durable: u64,
    leading: bool,
}

impl Raw {
    fn new(directory: &Path, written_ahead: bool) -> Self {
        let mut file =
            OpenOptions::new().create(true).truncate(true).write(true).open(directory.join("raw")).unwrap();
        if written_ahead {
            let zeros = vec![0; 1 << 20];
            for _ in 0..WRITTEN_AHEAD >> 20 {
                file.write_all(&zeros).unwrap();
            }
            file.sync_all().unwrap();
        }
        let name =
            if written_ahead { "raw write + fdatasync, preallocated" } else { "raw append + fdatasync" };
        Self { name, file: Arc::new(Mutex::new((file, 0))), group: Arc::default(), written_ahead }
    }

    fn write(&self, bytes: &[u8]) {
        let mut file = self.file.lock().unwrap();
        let limit = if self.written_ahead { WRITTEN_AHEAD } else { u64::MAX };
        if file.1 + bytes.len() as u64 > limit {
            file.1 = 0;
        }
        let at = file.1;
        file.0.write_all_at(bytes, at).unwrap();
        file.0.sync_data().unwrap();
        file.1 += bytes.len() as u64;
    }
}

impl Contender for Raw {
    fn name(&self) -> &'static str {
        self.name
    }

    fn book(&self, booking: Booking) {
        let (group, changed) = &*self.group;
        let mut state = group.lock().unwrap();
        state.waiting.extend_from_slice(&booking.bytes());
        state.next += 1;
        let mine = state.next;
        while state.durable < mine {
            if state.leading {
                state = changed.wait(state).unwrap();
                continue;
            }
            state.leading = true;
            let bytes = std::mem::take(&mut state.waiting);
            let last = state.next;
            drop(state);
            self.write(&bytes);
            state = group.lock().unwrap();
            (state.durable, state.leading) = (last, false);
            changed.notify_all();
        }
    }
}

/// The engine with its defaults.
struct Ours(Engine);

impl Ours {
    fn new(directory: &Path) -> Self {
        Self(Engine::open(directory, Options::new(TREES, 1)).unwrap().0)
    }
}

/// Writes a booking into a transaction.
pub(crate) fn write_booking(
    transaction: &mut maillage_engine::Transaction<'_>,
    booking: Booking,
) -> Result<(), EngineError> {
    transaction.put(TRIPS, booking.trip, booking.details)?;
    transaction.put(BY_DAY, booking.by_day, [])?;
    transaction.put(BY_PERSON, booking.by_person, [])?;
    transaction.put(BY_DRIVER, booking.by_driver, [])?;
    transaction.put(OUTBOX, booking.outbox, booking.message)
}

impl Contender for Ours {
    fn name(&self) -> &'static str {
        "maillage-engine"
    }

    fn book(&self, booking: Booking) {
        self.0.transact("book", move |transaction| write_booking(transaction, booking)).unwrap();
    }
}

/// sled alone: its transaction over five trees, then one `flush` and `fdatasync` for all who wait.
struct Sled {
    requests: Mutex<Sender<(Booking, Sender<()>)>>,
}

impl Sled {
    fn new(directory: &Path) -> Self {
        let database = sled::Config::new().path(directory).flush_every_ms(None).open().unwrap();
        let file = File::open(directory.join("db")).unwrap();
        let (requests, inbox) = channel();
        std::thread::spawn(move || Self::serve(&database, &file, &inbox));
        Self { requests: Mutex::new(requests) }
    }

    fn serve(database: &sled::Db, file: &File, inbox: &Receiver<(Booking, Sender<()>)>) {
        use sled::Transactional;
        let trees: Vec<sled::Tree> =
            TREES.iter().map(|tree| database.open_tree(tree.name()).unwrap()).collect();
        while let Ok(first) = inbox.recv() {
            let group: Vec<_> = std::iter::once(first).chain(inbox.try_iter().take(511)).collect();
            trees
                .as_slice()
                .transaction(|trees| {
                    for (booking, _) in &group {
                        trees[0].insert(&booking.trip, booking.details.as_slice())?;
                        trees[1].insert(booking.by_day.as_slice(), &[])?;
                        trees[2].insert(booking.by_person.as_slice(), &[])?;
                        trees[3].insert(booking.by_driver.as_slice(), &[])?;
                        trees[4].insert(booking.outbox.as_slice(), booking.message.as_slice())?;
                    }
                    Ok::<_, sled::transaction::ConflictableTransactionError<()>>(())
                })
                .unwrap();
            database.flush().unwrap();
            file.sync_data().unwrap();
            for (_, reply) in group {
                reply.send(()).unwrap();
            }
        }
    }
}

impl Contender for Sled {
    fn name(&self) -> &'static str {
        "sled + flush + fdatasync (grouped)"
    }

    fn book(&self, booking: Booking) {
        let (reply, done) = channel();
        self.requests.lock().unwrap().send((booking, reply)).unwrap();
        done.recv().unwrap();
    }
}

/// One connection behind a lock: SQLite has one writer anyway.
struct Sqlite(Mutex<rusqlite::Connection>);

impl Sqlite {
    fn new(directory: &Path) -> Self {
        let connection = rusqlite::Connection::open(directory.join("db")).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection.pragma_update(None, "synchronous", "FULL").unwrap();
        for table in 0..TREES.len() {
            let sql = format!("CREATE TABLE t{table} (k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID");
            connection.execute(&sql, ()).unwrap();
        }
        Self(Mutex::new(connection))
    }
}

impl Contender for Sqlite {
    fn name(&self) -> &'static str {
        "SQLite (WAL, synchronous=FULL)"
    }

    fn book(&self, booking: Booking) {
        let mut connection = self.0.lock().unwrap();
        let transaction = connection.transaction().unwrap();
        let empty = Vec::new();
        let trip = booking.trip.to_vec();
        let rows = [
            (&trip, &booking.details),
            (&booking.by_day, &empty),
            (&booking.by_person, &empty),
            (&booking.by_driver, &empty),
            (&booking.outbox, &booking.message),
        ];
        for (table, (key, value)) in rows.into_iter().enumerate() {
            let sql = format!("INSERT OR REPLACE INTO t{table} VALUES (?1, ?2)");
            transaction.prepare_cached(&sql).unwrap().execute((key, value)).unwrap();
        }
        transaction.commit().unwrap();
    }
}

/// redb with its default (immediate) durability.
struct Redb(redb::Database);

impl Redb {
    fn new(directory: &Path) -> Self {
        Self(redb::Database::create(directory.join("db")).unwrap())
    }
}

impl Contender for Redb {
    fn name(&self) -> &'static str {
        "redb"
    }

    fn book(&self, booking: Booking) {
        let transaction = self.0.begin_write().unwrap();
        let put = |tree: Tree, key: &[u8], value: &[u8]| {
            let definition: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new(tree.name());
            transaction.open_table(definition).unwrap().insert(key, value).unwrap();
        };
        put(TRIPS, &booking.trip, &booking.details);
        put(BY_DAY, &booking.by_day, &[]);
        put(BY_PERSON, &booking.by_person, &[]);
        put(BY_DRIVER, &booking.by_driver, &[]);
        put(OUTBOX, &booking.outbox, &booking.message);
        transaction.commit().unwrap();
    }
}

/// fjall with a batch made durable by `fdatasync`.
struct Fjall {
    keyspace: fjall::Keyspace,
    partitions: Vec<fjall::PartitionHandle>,
}

impl Fjall {
    fn new(directory: &Path) -> Self {
        let keyspace = fjall::Config::new(directory).open().unwrap();
        let open =
            |name: &str| keyspace.open_partition(name, fjall::PartitionCreateOptions::default()).unwrap();
        let partitions = ["trips", "day", "person", "driver", "outbox"].map(open).to_vec();
        Self { keyspace, partitions }
    }
}

impl Contender for Fjall {
    fn name(&self) -> &'static str {
        "fjall"
    }

    fn book(&self, booking: Booking) {
        let mut batch = self.keyspace.batch().durability(Some(fjall::PersistMode::SyncData));
        batch.insert(&self.partitions[0], booking.trip, &booking.details);
        batch.insert(&self.partitions[1], &booking.by_day, []);
        batch.insert(&self.partitions[2], &booking.by_person, []);
        batch.insert(&self.partitions[3], &booking.by_driver, []);
        batch.insert(&self.partitions[4], &booking.outbox, &booking.message);
        batch.commit().unwrap();
    }
}
