//! Orderly end of a program: who is told, who is waited for, who is late. It must never end the process itself.

use std::any::Any;
use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

/// The wish that the program end, shared by all its tasks.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    token: CancellationToken,
}

impl Shutdown {
    /// Nobody wishes it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Wishes it.
    pub fn trigger(&self) {
        self.token.cancel();
    }

    /// Wishes it when the process gets SIGTERM or SIGINT. Call within the runtime.
    pub fn listen_for_signals(&self) -> io::Result<()> {
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let shutdown = self.clone();
        tokio::spawn(async move {
            let name = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
                () = shutdown.requested() => return,
            };
            tracing::info!(signal = name, "asked to stop");
            shutdown.trigger();
        });
        Ok(())
    }

    /// Whether it is wished.
    pub fn is_requested(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Ends when it is wished.
    pub fn requested(&self) -> impl Future<Output = ()> + Send + 'static {
        self.token.clone().cancelled_owned()
    }

    /// The token itself.
    pub fn token(&self) -> &CancellationToken {
        &self.token
    }
}

/// The long-running tasks of a program, by name.
#[derive(Debug, Clone)]
pub struct Tasks {
    shutdown: Shutdown,
    state: Arc<Mutex<State>>,
    ended: Arc<Notify>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    running: BTreeMap<u64, (String, AbortHandle)>,
    panicked: Vec<String>,
}

/// The end was not orderly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the end was not orderly; still running: [{}]; panicked: [{}]", late.join(", "), panicked.join(", "))]
pub struct Disorder {
    /// Tasks that had not ended at the deadline, and were aborted.
    pub late: Vec<String>,
    /// Tasks that panicked, during service or at the end.
    pub panicked: Vec<String>,
}

impl Tasks {
    /// No task yet. `shutdown` is triggered when a vital task ends or any task panics.
    pub fn new(shutdown: Shutdown) -> Self {
        Self { shutdown, state: Arc::default(), ended: Arc::default() }
    }

    /// Runs a task that may end by itself.
    pub fn spawn(&self, name: impl Into<String>, task: impl Future<Output = ()> + Send + 'static) {
        let (name, tasks) = (name.into(), self.clone());
        // The lock is held until the task is noted down, so that it cannot end before.
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        let running = name.clone();
        let handle = tokio::spawn(async move {
            let end = AssertUnwindSafe(task).catch_unwind().await;
            tasks.note_end(number, &running, &end);
        });
        state.running.insert(number, (name, handle.abort_handle()));
    }

    /// Runs a task without which the program is useless, such as a server: its end asks for shutdown.
    pub fn spawn_vital<E: std::error::Error + Send + 'static>(
        &self,
        name: impl Into<String>,
        task: impl Future<Output = Result<(), E>> + Send + 'static,
    ) {
        let (name, shutdown) = (name.into(), self.shutdown.clone());
        let reported = name.clone();
        self.spawn(name, async move {
            match task.await {
                Ok(()) if shutdown.is_requested() => {}
                Ok(()) => tracing::error!(task = reported, "a vital task ended by itself"),
                Err(error) => {
                    tracing::error!(
                        task = reported,
                        error = &error as &dyn std::error::Error,
                        "a vital task failed"
                    );
                }
            }
            shutdown.trigger();
        });
    }

    /// Waits until every task has ended, at most `deadline`; aborts and names those that are late.
    pub async fn finish(&self, deadline: Duration) -> Result<(), Disorder> {
        let all_ended = async {
            loop {
                let ended = self.ended.notified();
                tokio::pin!(ended);
                ended.as_mut().enable();
                if self.state().running.is_empty() {
                    return;
                }
                ended.await;
            }
        };
        // At the deadline the tasks still running are found below.
        drop(tokio::time::timeout(deadline, all_ended).await);
        let mut state = self.state();
        let mut late = Vec::new();
        for (name, handle) in std::mem::take(&mut state.running).into_values() {
            handle.abort();
            late.push(name);
        }
        let panicked = state.panicked.clone();
        if late.is_empty() && panicked.is_empty() { Ok(()) } else { Err(Disorder { late, panicked }) }
    }

    /// Names of the tasks running.
    pub fn running(&self) -> Vec<String> {
        self.state().running.values().map(|(name, _)| name.clone()).collect()
    }

    fn note_end(&self, number: u64, name: &str, end: &Result<(), Box<dyn Any + Send>>) {
        let mut state = self.state();
        state.running.remove(&number);
        if end.is_err() {
            // What it panicked with may quote data: the panic hook's place in the code is enough.
            tracing::error!(task = name, "a task panicked");
            state.panicked.push(name.to_owned());
            self.shutdown.trigger();
        }
        self.ended.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[tokio::test(start_paused = true)]
    async fn tasks_that_obey_are_waited_for() {
        let shutdown = Shutdown::new();
        let tasks = Tasks::new(shutdown.clone());
        let asked = shutdown.requested();
        tasks.spawn("obedient", async move {
            asked.await;
            tokio::time::sleep(Duration::from_secs(3)).await;
        });
        assert_eq!(tasks.running(), ["obedient"]);
        shutdown.trigger();
        assert_eq!(tasks.finish(MINUTE).await, Ok(()));
        assert!(tasks.running().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_late_is_named_and_aborted() {
        let shutdown = Shutdown::new();
        let tasks = Tasks::new(shutdown.clone());
        let (guard, dropped) = tokio::sync::oneshot::channel::<()>();
        tasks.spawn("deaf", async move {
            std::future::pending::<()>().await;
            drop(guard);
        });
        tasks.spawn("quick", async {});
        shutdown.trigger();
        let disorder = tasks.finish(MINUTE).await.unwrap_err();
        assert_eq!(disorder, Disorder { late: vec!["deaf".to_owned()], panicked: vec![] });
        assert!(dropped.await.is_err(), "the late task was dropped");
    }

    #[tokio::test(start_paused = true)]
    async fn a_vital_task_that_ends_takes_the_program_with_it() {
        for failure in [None, Some(io::Error::other("port gone"))] {
            let shutdown = Shutdown::new();
            let tasks = Tasks::new(shutdown.clone());
            tasks.spawn_vital("server", async move { failure.map_or(Ok(()), Err) });
            tokio::time::timeout(MINUTE, shutdown.requested()).await.unwrap();
            assert_eq!(tasks.finish(MINUTE).await, Ok(()));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_asks_for_shutdown_and_is_told() {
        let shutdown = Shutdown::new();
        let tasks = Tasks::new(shutdown.clone());
        tasks.spawn("clumsy", async { panic!("on purpose") });
        tokio::time::timeout(MINUTE, shutdown.requested()).await.unwrap();
        let disorder = tasks.finish(MINUTE).await.unwrap_err();
        assert_eq!(disorder, Disorder { late: vec![], panicked: vec!["clumsy".to_owned()] });
    }
}
