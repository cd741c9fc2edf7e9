//! Seconds of the processor that this thread used, and memory of this process.

use rustix::time::{ClockId, clock_gettime};

/// Seconds of the processor.
pub(crate) fn cpu_s() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = i32::try_from(now.tv_sec).unwrap();
    let nanoseconds = i32::try_from(now.tv_nsec).unwrap();
    f64::from(seconds) + f64::from(nanoseconds) * 1e-9
}

/// Megabytes of this process: now, and at most since [`forget_peak`].
pub(crate) fn memory_mb() -> (f64, f64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    };
    (of("VmRSS"), of("VmHWM"))
}

/// Counts the peak anew, where the system allows it.
pub(crate) fn forget_peak() {
    drop(std::fs::write("/proc/self/clear_refs", "5"));
}
