//! Every limit of this crate, each with its reason. It holds constants only.

use std::time::Duration;

/// Time a client has to finish its TLS handshake: a rural mobile link needs 2–3 s, a slow-loris gets no more.
pub const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);
/// Handshakes in progress at once: all 1 253 territories coming back after an outage pass in two waves.
pub const CONCURRENT_HANDSHAKES: usize = 1_024;
/// Handshakes in progress at once from one address: one machine must not take every place.
pub const HANDSHAKES_PER_ADDRESS: usize = 512;
/// Authenticated connections at once: 1 253 territories, some with an old connection not yet noticed as dead.
pub const CONNECTIONS: usize = 4_096;
/// Connections of one authenticated peer at once: a link, a renewal, and reconnections not yet noticed.
pub const CONNECTIONS_PER_PEER: usize = 16;
/// Connections without a client certificate at once: only enrolment needs them, strangers can open them.
pub const ANONYMOUS_CONNECTIONS: usize = 256;
/// Lifetime of a connection without a client certificate: an enrolment takes seconds.
pub const ANONYMOUS_LIFETIME: Duration = Duration::from_mins(1);
/// Pause after the operating system failed to accept (out of file descriptors), so that the loop does not spin.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// HTTP/2 keep-alive: home routers forget idle mappings after 30 s at worst.
pub const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(20);
/// Time to answer a keep-alive ping before the connection counts as dead.
pub const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// Time to open a TCP connection, and again to finish its handshake.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Streams of one connection at once: a node uses a handful.
pub const STREAMS_PER_CONNECTION: u32 = 128;
/// Bytes of HTTP/2 headers of one request: tokens and error details are far smaller.
pub const HEADER_LIST_BYTES: u32 = 16 * 1024;
/// Time running requests have to end after shutdown was asked, before their connections are cut.
pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// Length of random tokens: 256 bits cannot be guessed.
pub const TOKEN_BYTES: usize = 32;
/// Wrong tokens one connection may come with before none is looked at: a program with an old token tries once or twice.
pub const WRONG_TOKENS_PER_CONNECTION: u32 = 10;
/// Bytes of a secret or identity file: a chain of three certificates is under 8 KiB.
pub const SECRET_FILE_BYTES: u64 = 64 * 1024;
/// Characters of the passphrase of a backup at least: what is shorter can be tried out.
pub const PASSPHRASE_CHARS: usize = 12;
/// Bytes of a configuration file: ours are under 4 KiB.
pub const CONFIGURATION_FILE_BYTES: u64 = 256 * 1024;
/// First pause of a worker after a failure that names none.
pub const BACK_OFF_FIRST: Duration = Duration::from_secs(1);
/// Longest pause of a worker between attempts: an outage must be noticed as over within minutes.
pub const BACK_OFF_LONGEST: Duration = Duration::from_mins(5);
/// Details carried by one refusal: a text uses three or four.
pub const REFUSAL_DETAILS: usize = 16;
/// Bytes of one detail of a refusal: names of things, never documents; all together fit the header limit.
pub const REFUSAL_DETAIL_BYTES: usize = 256;
/// Bytes of one part (federation, identifier) of an identity URI.
pub const IDENTITY_PART_BYTES: usize = 64;
