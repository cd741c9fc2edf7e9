//! Background work that an operator can see: one trait, one registry, one place that knows about back-off.
//! It must never know what the work is, nor log what a worker did not declare free of personal data.

use std::any::Any;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::lifecycle::{Disorder, Shutdown, Tasks};
use crate::limits::{BACK_OFF_FIRST, BACK_OFF_LONGEST};
use crate::random::{self, Entropy};

/// Something that works in the background. Follows garage `src/util/background/worker.rs`.
#[async_trait]
pub trait Worker: Send {
    /// A stable name, shown by `jobs list`.
    fn name(&self) -> &'static str;

    /// What it is at, in a few words, without personal data.
    fn status(&self) -> String;

    /// Does a small piece of work. It is never interrupted; during shutdown it is waited for.
    async fn work(&mut self) -> WorkOutcome;

    /// Ends when there may be work again. Shutdown drops this future.
    async fn wait_for_work(&mut self);
}

/// How a piece of work ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkOutcome {
    /// There is more to do: call again.
    Busy,
    /// Nothing to do until [`Worker::wait_for_work`] ends.
    Idle,
    /// It failed and will be tried again.
    Failed {
        /// What happened, without personal data.
        error: String,
        /// When to try again at the earliest; `None` leaves it to the exponential back-off.
        retry_after: Option<Duration>,
    },
}

/// What a worker is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkerState {
    /// At work.
    Busy,
    /// Waiting for work.
    Idle,
    /// Waiting to try again after a failure.
    BackingOff,
    /// Ended with the program.
    Stopped,
}

/// One line of `jobs list`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WorkerStatus {
    /// Its name.
    pub name: &'static str,
    /// What it is doing.
    pub state: WorkerState,
    /// What it says it is at.
    pub status: String,
    /// Pieces of work that failed since the start, panics included.
    pub failures: u64,
    /// Failures since the last success.
    pub consecutive_failures: u32,
    /// Panics since the start.
    pub panics: u64,
    /// The last failure.
    pub last_error: Option<String>,
    /// When it was.
    pub last_failure_at: Option<Timestamp>,
}

/// The workers of a program.
#[derive(Clone)]
pub struct Workers {
    tasks: Tasks,
    shutdown: Shutdown,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    statuses: Arc<Mutex<Vec<WorkerStatus>>>,
}

impl Workers {
    /// No worker yet; `entropy` spreads retries so that many nodes do not knock at the same instant.
    pub fn new(shutdown: Shutdown, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { tasks: Tasks::new(shutdown.clone()), shutdown, clock, entropy, statuses: Arc::default() }
    }

    /// Runs `worker` in a task until shutdown.
    pub fn spawn(&self, worker: Box<dyn Worker>) {
        let name = worker.name();
        let mut statuses = self.lock();
        let index = statuses.len();
        statuses.push(WorkerStatus {
            name,
            state: WorkerState::Busy,
            status: worker.status(),
            failures: 0,
            consecutive_failures: 0,
            panics: 0,
            last_error: None,
            last_failure_at: None,
        });
        drop(statuses);
        let run = Run { workers: self.clone(), index, worker };
        self.tasks.spawn(name, run.until_shutdown());
    }

    /// Waits until every worker has ended, at most `deadline`.
    pub async fn finish(&self, deadline: Duration) -> Result<(), Disorder> {
        self.tasks.finish(deadline).await
    }

    /// What every worker is doing, in the order of [`Workers::spawn`].
    pub fn statuses(&self) -> Vec<WorkerStatus> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<WorkerStatus>> {
        self.statuses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Workers").field("statuses", &self.statuses()).finish_non_exhaustive()
    }
}

/// Pause before attempt `failures` + 1: doubles from [`BACK_OFF_FIRST`] to [`BACK_OFF_LONGEST`], then between half
/// and all of it. Also for links that reconnect outside of a worker. `failures` counts from 1.
pub fn back_off(failures: u32, entropy: &dyn Entropy) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    jittered(BACK_OFF_FIRST.saturating_mul(doubled).min(BACK_OFF_LONGEST), entropy)
}

/// Between half of `pause` and all of it.
fn jittered(pause: Duration, entropy: &dyn Entropy) -> Duration {
    let half = pause / 2;
    half + half.mul_f64(f64::from(u32::from_le_bytes(random::bytes(entropy))) / f64::from(u32::MAX))
}

/// One worker at work.
struct Run {
    workers: Workers,
    index: usize,
    worker: Box<dyn Worker>,
}

impl Run {
    async fn until_shutdown(mut self) {
        let shutdown = self.workers.shutdown.clone();
        while !shutdown.is_requested() {
            self.note(|status| status.state = WorkerState::Busy);
            let outcome = AssertUnwindSafe(self.worker.work()).catch_unwind().await;
            let pause = self.digest(outcome);
            let rest = async {
                match pause {
                    Pause::None => tokio::task::yield_now().await,
                    Pause::For(pause) => tokio::time::sleep(pause).await,
                    Pause::UntilWork => self.wait_for_work().await,
                }
            };
            tokio::select! {
                () = rest => {}
                () = shutdown.requested() => {}
            }
        }
        self.note(|status| status.state = WorkerState::Stopped);
    }

    async fn wait_for_work(&mut self) {
        if AssertUnwindSafe(self.worker.wait_for_work()).catch_unwind().await.is_err()
            && let Pause::For(pause) = self.failed(PANICKED.to_owned(), None, true)
        {
            tokio::time::sleep(pause).await;
        }
    }

    fn digest(&mut self, outcome: Result<WorkOutcome, Box<dyn Any + Send>>) -> Pause {
        match outcome {
            Ok(WorkOutcome::Busy) => {
                self.note(|status| status.consecutive_failures = 0);
                Pause::None
            }
            Ok(WorkOutcome::Idle) => {
                self.note(|status| {
                    status.consecutive_failures = 0;
                    status.state = WorkerState::Idle;
                });
                Pause::UntilWork
            }
            Ok(WorkOutcome::Failed { error, retry_after }) => self.failed(error, retry_after, false),
            Err(_) => self.failed(PANICKED.to_owned(), None, true),
        }
    }

    fn failed(&mut self, error: String, retry_after: Option<Duration>, panicked: bool) -> Pause {
        let now = self.workers.clock.now();
        tracing::warn!(worker = self.worker.name(), error, panicked, "a worker failed and will try again");
        let mut failures = 0;
        self.note(|status| {
            status.state = WorkerState::BackingOff;
            status.failures += 1;
            status.panics += u64::from(panicked);
            status.consecutive_failures = status.consecutive_failures.saturating_add(1);
            status.last_error = Some(error);
            status.last_failure_at = Some(now);
            failures = status.consecutive_failures;
        });
        let entropy = self.workers.entropy.as_ref();
        Pause::For(match retry_after {
            // The worker knows the earliest moment: never before, a little later.
            Some(earliest) => earliest + jittered(BACK_OFF_FIRST, entropy),
            None => back_off(failures, entropy),
        })
    }

    fn note(&self, change: impl FnOnce(&mut WorkerStatus)) {
        let text = std::panic::catch_unwind(AssertUnwindSafe(|| self.worker.status()));
        if let Some(status) = self.workers.lock().get_mut(self.index) {
            if let Ok(text) = text {
                status.status = text;
            }
            change(status);
        }
    }
}

/// What a worker's panic is called: its message may quote data.
const PANICKED: &str = "panicked";

enum Pause {
    None,
    For(Duration),
    UntilWork,
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
    use tokio::time::Instant;

    use super::*;
    use crate::clock::ManualClock;
    use crate::random::SeededEntropy;

    const NAME: &str = "courier";

    /// Plays a script of outcomes (`None` panics), then stays idle; tells when each piece of work began.
    struct Scripted {
        script: VecDeque<Option<WorkOutcome>>,
        began: UnboundedSender<Instant>,
    }

    #[async_trait]
    impl Worker for Scripted {
        fn name(&self) -> &'static str {
            NAME
        }

        fn status(&self) -> String {
            format!("{} left", self.script.len())
        }

        async fn work(&mut self) -> WorkOutcome {
            self.began.send(Instant::now()).unwrap();
            match self.script.pop_front() {
                Some(Some(outcome)) => outcome,
                Some(None) => panic!("on purpose"),
                None => WorkOutcome::Idle,
            }
        }

        async fn wait_for_work(&mut self) {
            std::future::pending::<()>().await;
        }
    }

    fn failed(retry_after: Option<Duration>) -> WorkOutcome {
        WorkOutcome::Failed { error: "hub away".to_owned(), retry_after }
    }

    fn start(script: Vec<Option<WorkOutcome>>) -> (Workers, Shutdown, UnboundedReceiver<Instant>) {
        let shutdown = Shutdown::new();
        let clock = Arc::new(ManualClock::new("2026-03-01T08:00:00Z".parse().unwrap()));
        let workers = Workers::new(shutdown.clone(), clock, Arc::new(SeededEntropy::new(1)));
        let (began, seen) = unbounded_channel();
        workers.spawn(Box::new(Scripted { script: script.into(), began }));
        (workers, shutdown, seen)
    }

    async fn pauses(seen: &mut UnboundedReceiver<Instant>, count: usize) -> Vec<Duration> {
        let mut last = seen.recv().await.unwrap();
        let mut pauses = Vec::new();
        for _ in 0..count {
            let next = seen.recv().await.unwrap();
            pauses.push(next - last);
            last = next;
        }
        pauses
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_works_while_busy_and_rests_when_idle() {
        let (workers, shutdown, mut seen) = start(vec![Some(WorkOutcome::Busy), Some(WorkOutcome::Busy)]);
        assert_eq!(pauses(&mut seen, 2).await, [Duration::ZERO; 2]);
        while workers.statuses()[0].state != WorkerState::Idle {
            tokio::task::yield_now().await;
        }
        assert_eq!(workers.statuses()[0].status, "0 left");
        shutdown.trigger();
        assert_eq!(workers.finish(Duration::from_secs(1)).await, Ok(()));
        assert_eq!(workers.statuses()[0].state, WorkerState::Stopped);
        assert!(seen.recv().await.is_none(), "no work after shutdown");
    }

    #[tokio::test(start_paused = true)]
    async fn failures_back_off_exponentially_with_jitter_and_a_success_forgets_them() {
        let mut script = vec![Some(failed(None)); 3];
        script.push(Some(WorkOutcome::Busy));
        script.push(Some(failed(None)));
        let (workers, _shutdown, mut seen) = start(script);
        let pauses = pauses(&mut seen, 5).await;
        for (pause, longest_s) in pauses.iter().zip([1, 2, 4, 0, 1]) {
            let longest = Duration::from_secs(longest_s);
            // The timer of tokio rounds up to the next millisecond.
            let rounding = Duration::from_millis(1);
            assert!(*pause >= longest / 2 && *pause <= longest + rounding, "{pause:?} of {longest:?}");
        }
        let status = workers.statuses().remove(0);
        assert_eq!((status.failures, status.panics), (4, 0));
        assert_eq!(status.last_error.as_deref(), Some("hub away"));
        assert!(status.last_failure_at.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_knows_when_to_try_again_is_never_called_earlier() {
        let wait = Duration::from_secs(90);
        let (_workers, _shutdown, mut seen) = start(vec![Some(failed(Some(wait)))]);
        let pause = pauses(&mut seen, 1).await[0];
        assert!(pause >= wait && pause <= wait + Duration::from_secs(2), "{pause:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn panics_are_contained_and_counted() {
        let (workers, shutdown, mut seen) = start(vec![None, Some(WorkOutcome::Busy), None]);
        pauses(&mut seen, 3).await;
        let status = workers.statuses().remove(0);
        assert_eq!((status.failures, status.panics), (2, 2));
        assert_eq!(status.last_error.as_deref(), Some(PANICKED));
        assert!(!shutdown.is_requested());
    }

    #[test]
    fn back_off_is_bounded_and_spread() {
        let entropy = SeededEntropy::new(3);
        let pauses: Vec<Duration> = (1..200).map(|failures| back_off(failures, &entropy)).collect();
        assert!(pauses.iter().all(|pause| *pause <= BACK_OFF_LONGEST && *pause >= BACK_OFF_FIRST / 2));
        assert!(back_off(u32::MAX, &entropy) >= BACK_OFF_LONGEST / 2);
        let late = &pauses[20..];
        assert!(late.iter().any(|pause| pause != &late[0]), "no two nodes knock together");
    }
}
