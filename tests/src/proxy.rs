//! A wire between a node and the hub that a test can cut: for good, or just after a request went through and before
//! its answer comes back. It sees ciphertext only, and keeps all of it for tests that look for what must not be there.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// Chunks from the node that make the connection: handshake, settings, directory, mailbox.
const OPENING_CHUNKS: u32 = 6;
/// Bytes of a chunk from the node that carries an envelope: housekeeping of HTTP/2 is far smaller.
const REQUEST_BYTES: usize = 300;
/// Bytes of a chunk from the hub that carries a receipt or a letter.
const ANSWER_BYTES: usize = 150;

/// A wire.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    wire: Arc<Wire>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Wire {
    hub: SocketAddr,
    /// Whether anything goes through; every change to `true` here cuts what is open.
    away: watch::Sender<bool>,
    answers_to_cut: AtomicU32,
    answers_cut: AtomicU32,
    seen: Mutex<Vec<u8>>,
}

/// What one connection has seen.
#[derive(Default)]
struct Progress {
    chunks_from_node: u32,
    answer_due: bool,
}

impl Proxy {
    /// A wire to a hub.
    ///
    /// # Errors
    /// No port is free.
    pub async fn to(hub: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let wire = Arc::new(Wire {
            hub,
            away: watch::Sender::new(false),
            answers_to_cut: AtomicU32::new(0),
            answers_cut: AtomicU32::new(0),
            seen: Mutex::default(),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&wire)));
        Ok(Self { address, wire, accepting })
    }

    /// Where the node finds it.
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Cuts everything that is open and lets nothing through until [`Self::bring_back`].
    pub fn take_away(&self) {
        self.wire.away.send_replace(true);
    }

    /// Lets connections through again.
    pub fn bring_back(&self) {
        self.wire.away.send_replace(false);
    }

    /// Cuts the next answers: the hub has done what it was asked, the node does not hear of it.
    pub fn cut_answers(&self, number: u32) {
        self.wire.answers_to_cut.store(number, Ordering::SeqCst);
    }

    /// How many answers were cut so far.
    pub fn answers_cut(&self) -> u32 {
        self.wire.answers_cut.load(Ordering::SeqCst)
    }

    /// Every byte that went through, in either direction.
    pub fn seen(&self) -> Vec<u8> {
        self.wire.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Wire {
    fn keep(&self, bytes: &[u8]) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }

    /// Whether the answer that begins with this chunk is one to cut.
    fn cuts(&self, progress: &Progress, chunk: &[u8]) -> bool {
        if !progress.answer_due || chunk.len() < ANSWER_BYTES {
            return false;
        }
        let fewer = |left: u32| left.checked_sub(1);
        let cut = self.answers_to_cut.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fewer).is_ok();
        if cut {
            self.answers_cut.fetch_add(1, Ordering::SeqCst);
        }
        cut
    }
}

async fn accept(listener: TcpListener, wire: Arc<Wire>) {
    while let Ok((node, _)) = listener.accept().await {
        if !*wire.away.borrow() {
            tokio::spawn(carry(node, Arc::clone(&wire)));
        }
    }
}

/// Carries one connection until either end closes it or it is cut.
async fn carry(mut node: TcpStream, wire: Arc<Wire>) {
    let mut away = wire.away.subscribe();
    let Ok(mut hub) = TcpStream::connect(wire.hub).await else { return };
    let mut progress = Progress::default();
    let (mut from_node, mut from_hub) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        tokio::select! {
            biased;
            () = taken_away(&mut away) => return,
            read = node.read(&mut from_node) => {
                let Some(chunk) = chunk(&from_node, read) else { return };
                wire.keep(chunk);
                progress.chunks_from_node += 1;
                progress.answer_due |=
                    progress.chunks_from_node > OPENING_CHUNKS && chunk.len() >= REQUEST_BYTES;
                if hub.write_all(chunk).await.is_err() {
                    return;
                }
            }
            read = hub.read(&mut from_hub) => {
                let Some(chunk) = chunk(&from_hub, read) else { return };
                wire.keep(chunk);
                if wire.cuts(&progress, chunk) {
                    return;
                }
                progress.answer_due &= chunk.len() < ANSWER_BYTES;
                if node.write_all(chunk).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Ends when the wire is taken away.
async fn taken_away(away: &mut watch::Receiver<bool>) {
    let _ = away.wait_for(|away| *away).await;
}

fn chunk(buffer: &[u8], read: std::io::Result<usize>) -> Option<&[u8]> {
    read.ok().filter(|length| *length > 0).and_then(|length| buffer.get(..length))
}
