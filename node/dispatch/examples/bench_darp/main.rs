//! The day engine on published dial-a-ride instances and on generated rural days: gap to the reference, refused, riders
//! over their limit (must be 0), distance, time to the first plan, latency, memory.
//!
//! `MAILLAGE_DARP=<directory> cargo run --release -p maillage-dispatch --example bench_darp -- [ab|pr|lilim|rural|day]
//! [seconds] [seed] [name part]`, of days the number of drivers instead of a part of the name; and
//! `… -- fairness [seconds] [seeds] [drivers]`. The directory holds `cordeau_2006`, `cordeau_laporte_2003`, `li_lim_100`,
//! `rural_day` and `reference.json`; generated days need none of it. Two searches
//! walk side by side, as in service; times are seconds of the processor of one of them.
//!
//! One set of parameters for all. Tuned on pr03 to pr06 alone, in runs of 4 and 7 s.
#![expect(clippy::print_stdout, reason = "a bench that prints its table")]
#![expect(clippy::unwrap_used, reason = "a bench may panic on a broken instance")]
#![expect(clippy::indexing_slicing, reason = "a bench may panic on a broken instance")]

mod clock;
mod generated;
mod instances;
mod report;

use std::path::PathBuf;

use instances::{cordeau, files, li_lim, references, rural};
use report::{Row, solve};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let only = arguments.next().unwrap_or_else(|| "all".to_owned());
    let seconds: f64 = arguments.next().map_or(10.0, |text| text.parse().unwrap());
    let seed: u64 = arguments.next().map_or(1, |text| text.parse().unwrap());
    let pattern = arguments.next().unwrap_or_default();
    let wanted = |group: &str| only == "all" || only == group;
    if let Some(directory) = std::env::var_os("MAILLAGE_DARP").map(PathBuf::from) {
        let references = references(&directory.join("reference.json"));
        for (group, folder) in
            [("ab", "cordeau_2006"), ("pr", "cordeau_laporte_2003"), ("lilim", "li_lim_100")]
        {
            if !wanted(group) {
                continue;
            }
            let mut rows: Vec<Row> = Vec::new();
            report::header(folder);
            for (name, text) in
                files(&directory.join(folder)).iter().filter(|(name, _)| name.contains(&pattern))
            {
                let reference = &references[name];
                let instance = if group == "lilim" {
                    li_lim(text, reference.routes)
                } else {
                    cordeau(text, group == "pr")
                };
                let (row, _) = solve(name, &instance, reference.distance, seconds, seed);
                row.print();
                rows.push(row);
            }
            report::summary(&rows);
        }
        if wanted("rural") {
            report::header("rural_day");
            for (name, text) in
                files(&directory.join("rural_day")).iter().filter(|(name, _)| name.contains(&pattern))
            {
                solve(name, &rural(text), 0.0, seconds, seed).0.print();
            }
        }
    } else {
        println!("MAILLAGE_DARP is not set: published instances are left out");
    }
    if only == "fairness" {
        // The third argument is how many seeds.
        generated::fairness(seconds, seed, &pattern);
    }
    if wanted("day") {
        generated::run(seconds, seed, &pattern);
    }
}
