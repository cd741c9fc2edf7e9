//! Communes on a map: each a point where its town hall is, as large as what is counted there. Every point that counts leads to its list, and
//! says in words what it shows; the table beside it says the same.

use askama::Template;

use crate::texts::Texts;

/// Width of the drawing, in its own units.
const WIDTH: i64 = 1_000;
/// Room around the points.
const MARGIN: i64 = 60;
/// Radius of the largest point, and of one without anything.
const LARGEST: i64 = 48;
const SMALLEST: i64 = 7;
/// How wide a degree east is beside one north, in thousandths: as in the middle of France.
const EAST_PER_MILLE: i64 = 690;

/// What is known of a commune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Its name.
    pub name: String,
    /// Latitude in micro-degrees, north positive.
    pub latitude: i32,
    /// Longitude in micro-degrees, east positive.
    pub longitude: i32,
    /// How many.
    pub count: u64,
    /// Where that is told one by one.
    pub path: String,
}

/// A point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The commune.
    pub name: String,
    /// How many.
    pub count: u64,
    /// Where it leads.
    pub path: String,
    /// From the left.
    pub x: i64,
    /// From the top.
    pub y: i64,
    /// How large.
    pub radius: i64,
}

/// A map of communes.
#[derive(Debug, Clone, Template)]
#[template(path = "places.html")]
pub struct Places<'a> {
    /// Texts of the reader.
    pub texts: Texts<'a>,
    /// What it shows.
    pub label: String,
    /// The message that words one point, of `name` and `count`.
    pub each: &'static str,
    /// Communes without anything, then the largest points first, so that the small ones lie on top.
    pub points: Vec<Point>,
    /// Height of the drawing; its width is 1000.
    pub height: i64,
}

impl<'a> Places<'a> {
    /// A map of communes; none where there are none.
    pub fn draw(
        texts: Texts<'a>,
        (label, each): (String, &'static str),
        mut communes: Vec<Counted>,
    ) -> Option<Self> {
        communes.sort_by(|one, other| (one.count > 0, other.count).cmp(&(other.count > 0, one.count)));
        let east = |commune: &Counted| i64::from(commune.longitude) * EAST_PER_MILLE / 1_000;
        let (lefts, tops) = (communes.iter().map(east), communes.iter().map(|one| -i64::from(one.latitude)));
        let (left, right) = (lefts.clone().min()?, lefts.max()?);
        let (top, bottom) = (tops.clone().min()?, tops.max()?);
        let within = WIDTH - 2 * MARGIN;
        // A long strip is drawn as high as it is wide at most.
        let span = (right - left).max(bottom - top).max(1);
        let placed = |from: i64, least: i64| MARGIN + (from - least) * within / span;
        let most = communes.iter().map(|commune| commune.count).max().unwrap_or(0).max(1);
        let indent = (within - (right - left) * within / span) / 2;
        let points = communes.into_iter().map(|commune| Point {
            x: placed(east(&commune), left) + indent,
            y: placed(-i64::from(commune.latitude), top),
            radius: radius(commune.count, most),
            name: commune.name,
            count: commune.count,
            path: commune.path,
        });
        let height = placed(bottom, top) + MARGIN;
        Some(Self { texts, label, each, points: points.collect(), height })
    }

    fn told(&self, point: &Point) -> String {
        let count = i64::try_from(point.count).unwrap_or(i64::MAX);
        self.texts.with(self.each, &[("name", point.name.clone().into()), ("count", count.into())])
    }
}

/// A radius whose circle is as large as the count among the most there are.
fn radius(count: u64, most: u64) -> i64 {
    if count == 0 {
        return SMALLEST;
    }
    let square = u128::from(count) * 1_000_000 / u128::from(most);
    let share = i64::try_from(square.isqrt()).unwrap_or(1_000);
    (SMALLEST + 4).max(LARGEST * share / 1_000)
}

#[cfg(test)]
mod tests {
    use maillage_platform::i18n::{Catalog, Language};

    use super::*;

    fn commune(name: &str, (latitude, longitude): (i32, i32), count: u64) -> Counted {
        Counted { name: name.to_owned(), latitude, longitude, count, path: format!("/unmet?commune={name}") }
    }

    #[test]
    fn points_stand_as_on_a_map_with_areas_as_counted_and_small_ones_on_top() {
        let catalog = Catalog::new(crate::TEXTS).unwrap();
        let texts = Texts::new(&catalog, Language::English);
        let communes = vec![
            commune("South", (43_000_000, 2_000_000), 1),
            commune("East", (43_500_000, 3_000_000), 100),
            commune("Nothing", (44_000_000, 2_000_000), 0),
            commune("Quarter", (43_500_000, 2_500_000), 25),
        ];
        let map = Places::draw(texts, ("x".to_owned(), "console-unmets-point"), communes).unwrap();
        let point = |name: &str| map.points.iter().find(|point| point.name == name).unwrap().clone();
        let [south, east, nothing, quarter] = ["South", "East", "Nothing", "Quarter"].map(point);
        assert!(nothing.y < quarter.y && quarter.y < south.y && quarter.y == east.y);
        assert!(south.x < quarter.x && quarter.x < east.x);
        assert_eq!((east.radius, quarter.radius, nothing.radius), (LARGEST, LARGEST / 2, SMALLEST));
        assert!(south.radius > SMALLEST, "one is told from none");
        let order: Vec<&str> = map.points.iter().map(|point| point.name.as_str()).collect();
        assert_eq!(order, ["Nothing", "East", "Quarter", "South"]);
        let inside = |point: &Point| {
            (0..=WIDTH).contains(&(point.x - point.radius)) && point.y + point.radius <= map.height
        };
        assert!(map.points.iter().all(inside), "{map:?}");
        // A degree north is longer than one east.
        assert!(south.y - nothing.y > east.x - south.x);
    }

    #[test]
    fn one_commune_has_a_place_and_none_has_no_map() {
        let catalog = Catalog::new(crate::TEXTS).unwrap();
        let draw = |communes| {
            let texts = Texts::new(&catalog, Language::French);
            Places::draw(texts, (String::new(), "console-unmets-point"), communes)
        };
        assert!(draw(Vec::new()).is_none());
        let alone = draw(vec![commune("x", (43_000_000, 2_000_000), 0)]).unwrap();
        assert_eq!(alone.points[0].x, WIDTH / 2);
    }
}
