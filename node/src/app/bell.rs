//! Tells those who wait for changes that something was committed. Must never carry what changed: whoever is woken reads the
//! journal, so that nothing is lost when two commits ring as one.

use tokio::sync::watch;

/// Rings after each commit.
#[derive(Debug)]
pub struct Bell(watch::Sender<u64>);

impl Bell {
    /// Something was committed, up to this durable sequence of the store.
    pub fn ring(&self, durable: u64) {
        self.0.send_if_modified(|heard| {
            let newer = durable > *heard;
            *heard = durable.max(*heard);
            newer
        });
    }

    /// Hears what rings from now on; what rings while nobody waits is heard at the next wait.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

impl Default for Bell {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}
