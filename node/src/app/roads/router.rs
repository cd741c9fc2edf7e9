//! A road router as the use cases see it, and every way it can fail. Must never know a URL.

use async_trait::async_trait;
use maillage_dispatch::Journey;
use maillage_geography::Coordinates;

/// Answers how far and how long the roads between places are.
#[async_trait]
pub trait Router: Send + Sync {
    /// The kind of router, as it is kept with each road.
    fn engine(&self) -> &'static str;

    /// The roads from each of some places to each of others, within a bounded time. A place that no road is near to has none.
    async fn table(&self, from: &[Coordinates], to: &[Coordinates]) -> Result<Answer, RouterError>;
}

/// Roads from each place (rows) to each place (columns).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The roads; none where there is none.
    pub roads: Vec<Vec<Option<Journey>>>,
    /// The version of the map, as the router says; empty if it says nothing.
    pub data_version: String,
}

/// Why a router gave no answer that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RouterError {
    /// It failed several times and is left alone for a while.
    #[error("the router is left alone for a while")]
    Resting,
    /// No connection, or it broke.
    #[error("the router cannot be reached")]
    Unreachable,
    /// Nothing came in time.
    #[error("the router did not answer in time")]
    TimedOut,
    /// More came than an answer can be.
    #[error("the router's answer is too large")]
    TooLarge,
    /// Something else than an answer.
    #[error("the router answered with HTTP status {0}")]
    Status(u16),
    /// Not what the protocol says.
    #[error("the router's answer cannot be read")]
    Unreadable,
    /// It does not take the question.
    #[error("the router does not take the question")]
    Refused,
    /// Something that cannot be.
    #[error("the router answered nonsense: {0}")]
    Nonsense(#[source] Nonsense),
}

/// What cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Nonsense {
    /// Not as many roads as were asked for.
    #[error("not as many roads as were asked for")]
    Dimensions,
    /// A negative figure.
    #[error("a negative distance or time")]
    Negative,
    /// An infinite figure, or none.
    #[error("an infinite distance or time")]
    NotFinite,
    /// A distance without a time, or a time without a distance.
    #[error("a distance without a time")]
    Gap,
    /// Far below the straight line.
    #[error("a road far shorter than the straight line")]
    Short,
    /// Far around.
    #[error("a road far longer than any detour")]
    Long,
    /// Faster than any car.
    #[error("a speed no car drives at")]
    Fast,
    /// Slower than on foot.
    #[error("a speed slower than on foot")]
    Slow,
    /// A place was put on a road further away than was asked.
    #[error("a place was put on a road too far away")]
    Snapped,
}

impl Answer {
    /// No road at all.
    pub fn nothing(from: usize, to: usize) -> Self {
        Self { roads: vec![vec![None; to]; from], data_version: String::new() }
    }

    /// Takes the answer to a part of the question: which rows and which columns it was.
    pub fn take(&mut self, rows: &[usize], columns: &[usize], part: &Self) {
        self.data_version.clone_from(&part.data_version);
        for (row, answered) in rows.iter().zip(&part.roads) {
            for (column, road) in columns.iter().zip(answered) {
                if let Some(place) = self.roads.get_mut(*row).and_then(|row| row.get_mut(*column)) {
                    *place = *road;
                }
            }
        }
    }
}

impl RouterError {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Resting => "resting",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::TooLarge => "too-large",
            Self::Status(_) => "status",
            Self::Unreadable => "unreadable",
            Self::Refused => "refused",
            Self::Nonsense(nonsense) => nonsense.code(),
        }
    }
}

impl Nonsense {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dimensions => "dimensions",
            Self::Negative => "negative",
            Self::NotFinite => "not-finite",
            Self::Gap => "gap",
            Self::Short => "too-short",
            Self::Long => "too-long",
            Self::Fast => "too-fast",
            Self::Slow => "too-slow",
            Self::Snapped => "snapped",
        }
    }
}
