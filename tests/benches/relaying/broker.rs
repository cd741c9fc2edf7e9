//! The floor: the same number of durable messages through an off-the-shelf broker with persistence, on the same machine in the
//! same run. NATS `JetStream`, as Debian packages it: each message is stored before its sender is told so, delivered once to whom
//! it is for, and acknowledged. It must never be compared without saying what it does not do: it checks no signature, decides
//! nothing, and its disk is synchronised every two minutes, not before each answer.

use std::{
    collections::BTreeMap,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use async_nats::jetstream::{self, consumer::pull, stream};
use futures_util::StreamExt as _;
use tokio::{
    process::{Child, Command},
    sync::oneshot,
};

/// A size between a bid and an award in its envelope, in bytes.
const MESSAGE: usize = 600;
/// Longer than any broker that works takes.
const PATIENCE: Duration = Duration::from_mins(5);

/// Durable messages per second through the broker, each answered and delivered; none when it is not installed.
pub(crate) async fn messages_per_second(
    root: &Path,
    messages: u64,
    at_once: usize,
) -> anyhow::Result<Option<f64>> {
    let Some((mut child, address)) = serve(root).await? else { return Ok(None) };
    let measured = tokio::time::timeout(PATIENCE, ask_and_answer(&address, messages / 2, at_once)).await;
    child.kill().await?;
    let took = measured.context("the broker stands still")??;
    Ok(Some(messages as f64 / took.as_secs_f64()))
}

async fn serve(root: &Path) -> anyhow::Result<Option<(Child, String)>> {
    let (store, ports) = (root.join("nats"), root.join("nats-ports"));
    std::fs::create_dir_all(&ports)?;
    let mut command = Command::new("nats-server");
    command.args(["--addr", "127.0.0.1", "--port", "-1", "--jetstream", "--store_dir"]).arg(store);
    command.arg("--ports_file_dir").arg(&ports);
    let spawned = command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn();
    let Ok(child) = spawned else { return Ok(None) };
    let begun = Instant::now();
    loop {
        anyhow::ensure!(begun.elapsed() < Duration::from_secs(20), "the broker tells no port");
        tokio::time::sleep(Duration::from_millis(50)).await;
        let Some(file) = std::fs::read_dir(&ports)?.next() else { continue };
        let told: Result<serde_json::Value, _> =
            serde_json::from_str(&std::fs::read_to_string(file?.path())?);
        let Ok(told) = told else { continue };
        let address = told["nats"][0].as_str().context("no address")?.to_owned();
        return Ok(Some((child, address)));
    }
}

async fn ask_and_answer(address: &str, questions: u64, at_once: usize) -> anyhow::Result<Duration> {
    let context = jetstream::new(async_nats::connect(address).await?);
    let asked = stream_of(&context, "asked").await?;
    let answered = stream_of(&context, "answered").await?;
    let waiting: Arc<Mutex<BTreeMap<u64, oneshot::Sender<()>>>> = Arc::default();
    let hub = tokio::spawn(answer(context.clone(), asked));
    let reader = tokio::spawn(read(answered, Arc::clone(&waiting)));
    let begun = Instant::now();
    let ask = |number: u64| {
        let (context, waiting) = (context.clone(), Arc::clone(&waiting));
        async move {
            let (sender, receiver) = oneshot::channel();
            waiting.lock().unwrap().insert(number, sender);
            let mut message = vec![0; MESSAGE];
            message[..8].copy_from_slice(&number.to_be_bytes());
            context.publish("asked", message.into()).await.unwrap().await.unwrap();
            receiver.await.unwrap();
        }
    };
    futures_util::stream::iter(0..questions).map(ask).buffer_unordered(at_once).collect::<()>().await;
    let took = begun.elapsed();
    hub.abort();
    reader.abort();
    Ok(took)
}

async fn stream_of(context: &jetstream::Context, name: &str) -> anyhow::Result<pull::Stream> {
    let stream = context
        .create_stream(stream::Config {
            name: name.to_owned(),
            subjects: vec![name.to_owned()],
            ..Default::default()
        })
        .await?;
    let config = pull::Config { durable_name: Some("reader".to_owned()), ..Default::default() };
    Ok(stream.create_consumer(config).await?.messages().await?)
}

/// Answers each question with a message as durable as the question.
async fn answer(context: jetstream::Context, mut asked: pull::Stream) {
    while let Some(Ok(message)) = asked.next().await {
        let context = context.clone();
        tokio::spawn(async move {
            context.publish("answered", message.payload.clone()).await.unwrap().await.unwrap();
            message.ack().await.unwrap();
        });
    }
}

async fn read(mut answered: pull::Stream, waiting: Arc<Mutex<BTreeMap<u64, oneshot::Sender<()>>>>) {
    while let Some(Ok(message)) = answered.next().await {
        let number = u64::from_be_bytes(message.payload[..8].try_into().unwrap());
        message.ack().await.unwrap();
        if let Some(sender) = waiting.lock().unwrap().remove(&number) {
            let _ = sender.send(());
        }
    }
}
