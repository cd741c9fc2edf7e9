//! Charts as inline SVG, drawn from numbers that may be shown: bars towards a target, intervals on an axis, lines over time. Each has its
//! numbers as a table beside it on its page. It must never draw what is withheld, nor put a text into a drawing unescaped.

use std::fmt::Write as _;

/// Width of a chart, in its own units.
const WIDTH: f64 = 760.0;
/// Where the axis begins, right of the names.
const LEFT: f64 = 320.0;
/// Height of a row.
const ROW: f64 = 42.0;

/// Characters of a name that fit there.
const NAME_CHARS: usize = 44;

/// Colours of lines.
const COLOURS: usize = 6;

/// A value with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    pub(super) value: f64,
    /// Nothing where no interval may be shown.
    pub(super) bounds: Option<(f64, f64)>,
}

/// A row of a chart of intervals.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// Its name; of a pair both, below each other.
    pub(super) names: Vec<String>,
    /// The first method; nothing where it is withheld.
    pub(super) first: Option<Interval>,
    /// Another reading of the same, in the same unit.
    pub(super) second: Option<Interval>,
}

/// A line over time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) name: String,
    /// One per period; nothing where it is withheld or was not reported.
    pub(super) values: Vec<Option<f64>>,
}

/// A flow from somewhere to somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flow {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) number: u32,
}

/// A text as it stands in SVG.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A share of a whole with what noise alone accounts for, each between 0 and 1.
pub(super) fn bar(label: &str, share: f64, doubt: f64) -> String {
    let at = |share: f64| 300.0 * share.clamp(0.0, 1.0);
    let mut svg = format!(
        "<svg viewBox=\"0 0 300 14\" role=\"img\" aria-label=\"{}\"><rect class=\"track\" y=\"2\" width=\"300\" height=\"10\" rx=\"5\"/>\
         <rect class=\"fill\" y=\"2\" width=\"{:.1}\" height=\"10\" rx=\"5\"/>",
        escaped(label),
        at(share)
    );
    if doubt > 0.0 {
        let (low, high) = (at(share - doubt), at(share + doubt));
        let _ = write!(svg, "<line class=\"doubt\" x1=\"{low:.1}\" x2=\"{high:.1}\" y1=\"7\" y2=\"7\"/>");
    }
    svg.push_str("</svg>");
    svg
}

/// Values with their intervals on one axis, with a mark at zero if `zero`.
pub(super) fn intervals(label: &str, rows: &[Row], zero: bool, tick: impl Fn(f64) -> String) -> String {
    // The axis is the first method's: another reading may be far less precise, and is cut off at the ends.
    let ends = rows.iter().filter_map(|row| row.first).flat_map(|one| {
        let (low, high) = one.bounds.unwrap_or((one.value, one.value));
        [low, high, one.value]
    });
    let Some(axis) = Axis::around(ends.chain(zero.then_some(0.0)), LEFT, WIDTH - 40.0) else {
        return String::new();
    };
    let height = ROW * real(rows.len()) + 30.0;
    let mut svg = opening(label, height);
    for value in axis.ticks() {
        let x = axis.at(value);
        let _ = write!(
            svg,
            "<line class=\"tick\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"0\" y2=\"{:.1}\"/><text class=\"faint\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            height - 24.0,
            height - 8.0,
            escaped(&tick(value))
        );
    }
    if zero {
        let x = axis.at(0.0);
        let _ = write!(
            svg,
            "<line class=\"zero\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"0\" y2=\"{:.1}\"/>",
            height - 24.0
        );
    }
    for (place, row) in rows.iter().enumerate() {
        let y = ROW * (real(place) + 0.5);
        for (line, name) in row.names.iter().enumerate() {
            let y = y + 4.0 + 15.0 * (real(line) - 0.5 * real(row.names.len().saturating_sub(1)));
            let _ =
                write!(svg, "<text x=\"0\" y=\"{y:.1}\">{}</text>", escaped(&shortened(name, NAME_CHARS)));
        }
        let shift = if row.second.is_some() { 6.0 } else { 0.0 };
        whisker(&mut svg, &axis, row.first, y - shift, "");
        whisker(&mut svg, &axis, row.second, y + shift, " second");
    }
    svg.push_str("</svg>");
    svg
}

fn whisker(svg: &mut String, axis: &Axis, one: Option<Interval>, y: f64, class: &str) {
    let Some(Interval { value, bounds }) = one else { return };
    if let Some((low, high)) = bounds {
        let (low, high) = (axis.within(low), axis.within(high));
        let _ = write!(
            svg,
            "<line class=\"whisker{class}\" x1=\"{low:.1}\" x2=\"{high:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"
        );
    }
    let _ =
        write!(svg, "<circle class=\"dot{class}\" cx=\"{:.1}\" cy=\"{y:.1}\" r=\"5\"/>", axis.within(value));
}

/// Lines over periods, with a key below.
pub(super) fn lines(label: &str, periods: &[String], lines: &[Line], tick: impl Fn(f64) -> String) -> String {
    let values = lines.iter().flat_map(|line| &line.values).flatten().copied();
    let Some(up) = Axis::around(values.chain([0.0]), 260.0, 14.0) else { return String::new() };
    let height = 300.0 + 22.0 * real(lines.len());
    let x = |place: usize| 70.0 + (WIDTH - 100.0) * (real(place) + 0.5) / real(periods.len().max(1));
    let mut svg = opening(label, height);
    for value in up.ticks() {
        let y = up.at(value);
        let _ = write!(
            svg,
            "<line class=\"tick\" x1=\"66\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"faint\" x=\"60\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - 20.0,
            y + 4.0,
            escaped(&tick(value))
        );
    }
    // As many names of periods as there is room for.
    let step = periods.len().div_ceil(8).max(1);
    for (place, period) in periods.iter().enumerate().step_by(step) {
        let _ = write!(
            svg,
            "<text class=\"faint\" x=\"{:.1}\" y=\"280\" text-anchor=\"middle\">{}</text>",
            x(place),
            escaped(period)
        );
    }
    for (number, line) in lines.iter().enumerate() {
        // Colours begin again with dashes, so that no two lines are alike.
        let (class, dashes) = (number % COLOURS, if number < COLOURS { "" } else { " dashed" });
        let mut path = String::new();
        for (place, value) in line.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let before = place.checked_sub(1).and_then(|before| line.values.get(before).copied().flatten());
            let (x, y) = (x(place), up.at(*value));
            let _ = write!(path, "{}{x:.1} {y:.1}", if before.is_some() { "L" } else { "M" });
            let _ = write!(svg, "<circle class=\"p{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>");
        }
        let _ = write!(svg, "<path class=\"path s{class}{dashes}\" d=\"{path}\"/>");
        let (key_x, key_y) = (70.0, 306.0 + 22.0 * real(number));
        let _ = write!(
            svg,
            "<path class=\"path s{class}{dashes}\" d=\"M{key_x:.1} {:.1}h28\"/><text x=\"{:.1}\" y=\"{key_y:.1}\">{}</text>",
            key_y - 4.0,
            key_x + 36.0,
            escaped(&line.name)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Flows from the names on the left to those on the right, as wide as their numbers.
pub(super) fn flows(label: &str, flows: &[Flow]) -> String {
    const ENDS: [f64; 2] = [270.0, 490.0];
    let Some(most) = flows.iter().map(|flow| flow.number).max() else { return String::new() };
    let (from, to) = (names(flows, |flow| &flow.from), names(flows, |flow| &flow.to));
    let rows = from.len().max(to.len());
    let mut svg = opening(label, 30.0 * real(rows) + 10.0);
    // The shorter side stands in the middle of the other.
    let y = |place: usize, side: &[&str]| {
        20.0 + 30.0 * real(place) + 15.0 * real(rows.saturating_sub(side.len()))
    };
    let middle = f64::midpoint(ENDS[0], ENDS[1]);
    for flow in flows {
        let at = |side: &[&str], name: &str| {
            y(side.iter().position(|known| *known == name).unwrap_or_default(), side)
        };
        let (start, end) = (at(&from, &flow.from), at(&to, &flow.to));
        let width = 1.5 + 14.5 * f64::from(flow.number) / f64::from(most.max(1));
        let _ = write!(
            svg,
            "<path class=\"flow\" stroke-width=\"{width:.1}\" d=\"M{} {start:.1}C{middle} {start:.1} {middle} {end:.1} {} {end:.1}\"><title>{} → {} : {}</title></path>",
            ENDS[0],
            ENDS[1],
            escaped(&flow.from),
            escaped(&flow.to),
            flow.number
        );
    }
    for (side, x, anchor) in [(&from, ENDS[0] - 10.0, "end"), (&to, ENDS[1] + 10.0, "start")] {
        for (place, name) in side.iter().enumerate() {
            let y = y(place, side) + 4.0;
            let name = escaped(&shortened(name, 36));
            let _ = write!(svg, "<text x=\"{x}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{name}</text>");
        }
    }
    svg.push_str("</svg>");
    svg
}

/// Each name once, in the order they come in.
fn names(flows: &[Flow], of: impl Fn(&Flow) -> &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for flow in flows {
        let name = of(flow);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn opening(label: &str, height: f64) -> String {
    format!("<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{}\">", escaped(label))
}

/// A name that fits left of an axis; the table has it whole.
fn shortened(name: &str, fits: usize) -> String {
    if name.chars().count() <= fits {
        return name.to_owned();
    }
    let start: String = name.chars().take(fits - 1).collect();
    format!("{}…", start.trim_end())
}

/// Values along a line.
struct Axis {
    low: f64,
    high: f64,
    step: f64,
    start: f64,
    end: f64,
}

impl Axis {
    /// Around values, from one place to another, at round numbers; none without a value.
    fn around(values: impl Iterator<Item = f64>, start: f64, end: f64) -> Option<Self> {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            return None;
        }
        let spread = if high > low { high - low } else { low.abs().max(1.0) };
        let rough = spread / 5.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|one| one * power).find(|step| *step >= rough)?;
        Some(Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, step, start, end })
    }

    fn at(&self, value: f64) -> f64 {
        let width = if self.high > self.low { self.high - self.low } else { 1.0 };
        self.start + (self.end - self.start) * (value - self.low) / width
    }

    /// Where a value is, or the end beyond which it is.
    fn within(&self, value: f64) -> f64 {
        self.at(value.clamp(self.low, self.high))
    }

    fn ticks(&self) -> Vec<f64> {
        let mut ticks = Vec::new();
        let mut number = 0.0;
        while self.low + number * self.step <= self.high + 0.5 * self.step && ticks.len() < 12 {
            ticks.push(self.low + number * self.step);
            number += 1.0;
        }
        ticks
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of rows and periods")]
fn real(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, value: f64, bounds: Option<(f64, f64)>) -> Row {
        Row { names: vec![name.to_owned()], first: Some(Interval { value, bounds }), second: None }
    }

    #[test]
    fn flows_are_as_wide_as_their_numbers_and_each_name_stands_once() {
        let flow = |from: &str, to: &str, number| Flow { from: from.to_owned(), to: to.to_owned(), number };
        let svg = flows("x", &[flow("A & B", "C", 11), flow("A & B", "D", 44), flow("C", "D", 22)]);
        let widths: Vec<&str> =
            svg.split("stroke-width=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(widths, ["5.1", "16.0", "8.8"]);
        assert_eq!(svg.matches("<text").count(), 4, "A and C on the left, C and D on the right: {svg}");
        assert!(
            svg.contains(">A &amp; B</text>") && svg.contains("<title>A &amp; B → D : 44</title>"),
            "{svg}"
        );
        assert_eq!(flows("x", &[]), "");
    }

    #[test]
    fn nothing_withheld_is_drawn_and_no_text_is_markup() {
        let rows =
            [row("<b>\"a\"</b>", 0.5, Some((0.4, 0.6))), Row { first: None, ..row("hidden", 0.0, None) }];
        let svg = intervals("A & B", &rows, true, |value| format!("{value:.1}"));
        assert_eq!(svg.matches("<circle").count(), 1, "{svg}");
        assert!(svg.contains("&lt;b&gt;&quot;a&quot;") && svg.contains("A &amp; B") && !svg.contains("<b>"));
        assert!(svg.contains("hidden"), "who is withheld is named");
        assert_eq!(
            intervals("x", &[Row { first: None, ..row("a", 0.0, None) }], false, |_| String::new()),
            ""
        );
    }

    #[test]
    fn another_reading_does_not_stretch_the_axis_and_stays_on_it() {
        let first = Some(Interval { value: 0.1, bounds: Some((0.0, 0.2)) });
        let second = Some(Interval { value: 0.1, bounds: Some((-12.0, 12.0)) });
        let both = [Row { names: vec!["a".to_owned()], first, second }];
        let alone = [Row { names: vec!["a".to_owned()], first, second: None }];
        let ticks =
            |rows: &[Row]| intervals("x", rows, true, |value| format!("[{value:.2}]")).matches('[').count();
        assert_eq!(ticks(&both), ticks(&alone));
        let svg = intervals("x", &both, true, |_| String::new());
        let ends = svg.split("whisker second\" x1=\"").nth(1).unwrap();
        let start: f64 = ends.split('"').next().unwrap().parse().unwrap();
        assert!((LEFT..=WIDTH).contains(&start), "{start}");
    }

    #[test]
    fn lines_break_where_a_period_is_withheld() {
        let periods: Vec<String> = (1..=5).map(|month| format!("2026-0{month}")).collect();
        let line = Line { name: "a".to_owned(), values: vec![Some(1.0), Some(2.0), None, Some(3.0), None] };
        let svg = lines("x", &periods, &[line], |value| format!("{value:.0}"));
        let path = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!((path.matches('M').count(), path.matches('L').count()), (2, 1), "{path}");
    }

    #[test]
    fn axes_have_round_ticks_around_the_values() {
        let axis = Axis::around([0.137, 0.62].into_iter(), 0.0, 100.0).unwrap();
        assert_eq!(axis.ticks().len(), 7);
        assert!(
            (axis.low - 0.1).abs() < 1e-9 && (axis.high - 0.7).abs() < 1e-9,
            "{} {}",
            axis.low,
            axis.high
        );
        assert!((axis.at(0.4) - 50.0).abs() < 1e-9);
        let flat = Axis::around([3.0].into_iter(), 0.0, 10.0).unwrap();
        assert!(flat.at(3.0).is_finite() && !flat.ticks().is_empty());
        assert!(Axis::around([f64::NAN].into_iter(), 0.0, 1.0).is_none());
    }

    #[test]
    fn bars_stay_within_their_track() {
        let svg = bar("x", 1.7, 0.2);
        assert!(svg.contains("width=\"300.0\"") && !svg.contains("510"));
        assert!(!bar("x", 0.5, 0.0).contains("doubt"));
    }
}
