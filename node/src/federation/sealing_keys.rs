//! The keys that open what is sealed to this node: the present one and former ones, each in a file of its own that only this
//! node's user can read. A former one is destroyed when nothing sealed to it can be on its way any more. Must never give a key out.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use data_encoding::HEXLOWER;
use maillage_federation::sealed::{Context, SealError, Sealed, SealingKey, SealingPublicKey};
use maillage_platform::{
    random::{self, Entropy},
    secrets::{self, Secret},
};

use super::membership::{MembershipError, seed};

/// File of the key of the enrolment, number 0.
const FIRST: &str = "sealing.key";

/// A key and its number.
type Numbered = (u32, Arc<SealingKey>);

/// The keys that this node has.
#[derive(Debug)]
pub struct SealingKeys {
    held: RwLock<Held>,
}

#[derive(Debug)]
struct Held {
    newest: Numbered,
    former: Vec<Numbered>,
}

impl SealingKeys {
    /// The key of an enrolment.
    pub fn first(key: SealingKey) -> Self {
        Self { held: RwLock::new(Held { newest: (0, Arc::new(key)), former: Vec::new() }) }
    }

    /// Makes the first key of a node in a folder, unless it has one.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn begin(folder: &Path, entropy: &dyn Entropy) -> Result<(), MembershipError> {
        if numbers(folder)?.is_empty() { make(folder, 0, entropy).map(drop) } else { Ok(()) }
    }

    /// Reads the keys in a folder.
    ///
    /// # Errors
    /// Damaged or readable-by-others key files; none at all.
    pub(super) fn load(folder: &Path) -> Result<Self, MembershipError> {
        let mut numbers = numbers(folder)?;
        let read = |number: u32| {
            let key = SealingKey::from_seed(seed(&file(folder, number))?.expose());
            Ok::<_, MembershipError>((number, Arc::new(key)))
        };
        let newest = read(numbers.pop().unwrap_or_default())?;
        let former = numbers.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { held: RwLock::new(Held { newest, former }) })
    }

    /// Opens a payload with the key it is sealed to.
    ///
    /// # Errors
    /// Sealed to a key that this node does not have, or not any more; what is altered or of another context.
    pub fn open(&self, sealed: &Sealed, context: &Context) -> Result<Vec<u8>, SealError> {
        let (newest, former) = self.all();
        let mut opened = newest.1.open(sealed, context);
        for (_, key) in former {
            if !matches!(opened, Err(SealError::OtherKey)) {
                break;
            }
            opened = key.open(sealed, context);
        }
        opened
    }

    /// The public half of the newest key.
    pub fn public(&self) -> SealingPublicKey {
        self.all().0.1.public()
    }

    /// The number of the newest key.
    pub fn newest(&self) -> u32 {
        self.all().0.0
    }

    /// Whether a key is one of this node's.
    pub fn has(&self, key: &SealingPublicKey) -> bool {
        let (newest, former) = self.all();
        newest.1.public() == *key || former.iter().any(|(_, own)| own.public() == *key)
    }

    /// Makes a further key, durably, before anybody is told of it.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn add(
        &self,
        folder: &Path,
        number: u32,
        entropy: &dyn Entropy,
    ) -> Result<(), MembershipError> {
        let key = make(folder, number, entropy)?;
        self.insert(number, key);
        Ok(())
    }

    /// Has a further key.
    pub fn insert(&self, number: u32, key: SealingKey) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let mut key = (number, Arc::new(key));
        if number > held.newest.0 {
            std::mem::swap(&mut held.newest, &mut key);
        }
        held.former.push(key);
    }

    /// Destroys the former keys before a number; gives how many.
    ///
    /// # Errors
    /// Those of the file system: what could not be removed is tried again.
    pub(super) fn destroy_before(&self, folder: &Path, number: u32) -> Result<usize, MembershipError> {
        let (_, former) = self.all();
        let former: Vec<u32> =
            former.into_iter().map(|(known, _)| known).filter(|known| *known < number).collect();
        for known in &former {
            let path = file(folder, *known);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(MembershipError::File(path, error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        if !former.is_empty() {
            let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
            synced.map_err(|error| MembershipError::File(folder.to_owned(), error))?;
        }
        self.forget_before(number);
        Ok(former.len())
    }

    /// Forgets the former keys before a number.
    pub fn forget_before(&self, number: u32) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.former.retain(|(known, _)| *known >= number);
    }

    fn all(&self) -> (Numbered, Vec<Numbered>) {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        (held.newest.clone(), held.former.clone())
    }
}

fn make(folder: &Path, number: u32, entropy: &dyn Entropy) -> Result<SealingKey, MembershipError> {
    let bytes = Secret::new(random::bytes::<32>(entropy));
    let text = Secret::new(HEXLOWER.encode(bytes.expose()));
    secrets::write_secret(&file(folder, number), text.expose().as_bytes())?;
    Ok(SealingKey::from_seed(bytes.expose()))
}

fn file(folder: &Path, number: u32) -> PathBuf {
    match number {
        0 => folder.join(FIRST),
        number => folder.join(format!("sealing-{number}.key")),
    }
}

/// The numbers of the keys in a folder, in order.
fn numbers(folder: &Path) -> Result<Vec<u32>, MembershipError> {
    let failed = |error| MembershipError::File(folder.to_owned(), error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let name = name.to_str().unwrap_or_default();
        let number = name.strip_prefix("sealing-").and_then(|rest| rest.strip_suffix(".key"));
        match number.map(str::parse) {
            Some(Ok(number)) => found.push(number),
            None if name == FIRST => found.push(0),
            Some(Err(_)) | None => {}
        }
    }
    found.sort_unstable();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use maillage_federation::{
        ids::Id,
        sealed::{Context, PayloadKind},
    };
    use maillage_platform::random::SeededEntropy;

    use super::*;

    fn context() -> Context {
        Context::between(PayloadKind::Settlement, Id::new(1, [1; 10]), Id::new(1, [2; 10]))
    }

    #[test]
    fn a_former_key_opens_until_it_is_destroyed_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(7);
        SealingKeys::begin(folder.path(), &entropy).unwrap();
        let keys = SealingKeys::load(folder.path()).unwrap();
        let first = keys.public();
        let to_first = first.seal(b"Canari", &context(), [1; 32]).unwrap();
        keys.add(folder.path(), 3, &entropy).unwrap();
        let to_next = keys.public().seal(b"Canari", &context(), [2; 32]).unwrap();
        for keys in [&keys, &SealingKeys::load(folder.path()).unwrap()] {
            assert_eq!((keys.newest(), keys.public() == first, keys.has(&first)), (3, false, true));
            assert_eq!(keys.open(&to_first, &context()).unwrap(), b"Canari");
            assert_eq!(keys.open(&to_next, &context()).unwrap(), b"Canari");
        }
        assert_eq!(keys.destroy_before(folder.path(), 3).unwrap(), 1);
        assert_eq!(keys.destroy_before(folder.path(), 3).unwrap(), 0);
        // Who joins again has the key that is there, and makes no other.
        SealingKeys::begin(folder.path(), &entropy).unwrap();
        for keys in [&keys, &SealingKeys::load(folder.path()).unwrap()] {
            assert!(matches!(keys.open(&to_first, &context()), Err(SealError::OtherKey)));
            assert_eq!(keys.open(&to_next, &context()).unwrap(), b"Canari");
            assert!(!keys.has(&first));
        }
        assert_eq!(numbers(folder.path()).unwrap(), [3]);
    }

    #[test]
    fn a_node_without_any_key_is_told_which_file_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("sealing-notes.key"), b"of somebody").unwrap();
        assert!(matches!(SealingKeys::load(folder.path()), Err(MembershipError::Secret(_))));
    }
}
