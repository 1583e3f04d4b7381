//! A map of places as an outline that the server draws: land, borders and a mark for each place,
//! which links to it. Nothing is loaded from elsewhere. The page that shows a map always has a
//! list with the same content beside it.
//!
//! Where the operator names a server of tiles, a script (`web/src/map.js`) draws the same marks
//! over its tiles.

use crate::html::assets::Asset;
use crate::html::{PageError, Site, render};
use askama::Template;
use askama::filters::HtmlSafe;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::LazyLock;

/// One place on a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// In degrees, WGS 84.
    pub latitude: f64,
    pub longitude: f64,
    pub label: String,
    pub href: Option<String>,
    /// How many things are there; the larger, the larger the mark.
    pub count: usize,
}

/// A map that is written into a page; it shows nothing when no place has usable coordinates.
#[derive(Clone, Debug, Default)]
pub struct Map(String);

impl Map {
    /// Draws a map. `title` says what it shows, to those who cannot see it.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn of(title: &str, points: &[Point], site: Site<'_>) -> Result<Self, PageError> {
        let on_map: Vec<&Point> = points
            .iter()
            .filter(|point| point.longitude.abs() <= 180.0 && point.latitude.abs() <= MOST_NORTH)
            .take(MOST_POINTS)
            .collect();
        if on_map.is_empty() {
            return Ok(Self::default());
        }
        let mut clusters = clusters(&on_map);
        let left = clusters.iter().skip(MOST_PANELS).map(Vec::len).sum();
        clusters.truncate(MOST_PANELS);
        let panels = clusters.iter().enumerate();
        let drawing = Drawing {
            title,
            panels: panels
                .map(|(place, points)| Panel::of(points, place == 0))
                .collect(),
            left,
            tiles: site.outside.tiles.as_ref().map(|t| t.template.as_str()),
            attribution: site.outside.attribution.as_deref().unwrap_or_default(),
            site,
        };
        Ok(Self(render(&drawing)?))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// It comes out of a template, which escapes.
impl HtmlSafe for Map {}

/// Web Mercator goes to infinity at the poles.
const MOST_NORTH: f64 = 85.0;
/// Of more places than this, the first ones are drawn.
const MOST_POINTS: usize = 5000;
/// Of regions that are far from each other, the fullest are drawn.
const MOST_PANELS: usize = 6;
/// Places within so many degrees go on one map, whatever is between them.
const ONE_MAP: f64 = 16.0;
/// Beyond that, places are of one region when a chain of places leads from one to the other whose
/// steps are within about so many degrees.
const ONE_REGION: f64 = 8.0;
/// Places near each other are shown with so many degrees around them: enough for a coast or a
/// border, by which one sees in which part of the country they are.
const LEAST_SPAN: f64 = 10.0;
/// Up to so many marks have their names beside them.
const MOST_NAMED: usize = 8;
/// How much room a letter of a name takes, about, and the space between a mark and its name.
const LETTER: i32 = 12;
const ASIDE: i32 = 8;
/// Marks nearer than this are one.
const APART: f64 = 22.0;

#[derive(Template)]
#[template(path = "map.html")]
struct Drawing<'a> {
    site: Site<'a>,
    title: &'a str,
    panels: Vec<Panel>,
    /// How many places are in regions that are not drawn.
    left: usize,
    tiles: Option<&'a str>,
    attribution: &'a str,
}

/// One region.
struct Panel {
    width: i32,
    height: i32,
    land: String,
    borders: String,
    markers: Vec<Marker>,
}

struct Marker {
    x: i32,
    y: i32,
    radius: i32,
    label: String,
    href: Option<String>,
    count: usize,
    /// Where its name begins or ends, and as which of the two; nothing, when there is no room.
    name: Option<(i32, &'static str)>,
    /// Latitude and longitude.
    at: String,
}

/// Places that belong on one map, the region with the most places first.
fn clusters<'p>(points: &[&'p Point]) -> Vec<Vec<&'p Point>> {
    let span = |of: fn(&Point) -> f64| {
        let all = || points.iter().map(|point| of(point));
        all().fold(f64::MIN, f64::max) - all().fold(f64::MAX, f64::min)
    };
    if span(|p| p.longitude) <= ONE_MAP && span(|p| p.latitude) <= ONE_MAP {
        return vec![points.to_vec()];
    }
    let cell = |degrees: f64| (degrees / ONE_REGION).floor() as i32;
    let mut cells: BTreeMap<(i32, i32), Vec<&Point>> = BTreeMap::new();
    for point in points {
        let place = (cell(point.longitude), cell(point.latitude));
        cells.entry(place).or_default().push(point);
    }
    let mut regions = Vec::new();
    while let Some((first, points)) = cells.pop_first() {
        let mut region = points;
        let mut next = vec![first];
        while let Some((x, y)) = next.pop() {
            for near in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy))) {
                if let Some(points) = cells.remove(&near) {
                    region.extend(points);
                    next.push(near);
                }
            }
        }
        regions.push(region);
    }
    regions.sort_by_key(|region| std::cmp::Reverse(region.len()));
    regions
}

impl Panel {
    fn of(points: &[&Point], is_first: bool) -> Self {
        let (width, height) = if is_first { (1000, 750) } else { (320, 240) };
        let view = View::around(points, f64::from(width), f64::from(height));
        let (land, borders) = view.outline();
        Self {
            width,
            height,
            land,
            borders,
            markers: view.markers(points),
        }
    }
}

/// The part of the world that a panel shows, in Web Mercator.
struct View {
    west: f64,
    north: f64,
    /// How many units of the drawing a degree of longitude is.
    scale: f64,
    width: f64,
    height: f64,
}

/// Web Mercator, in degrees at the equator, growing to the south.
fn southing(latitude: f64) -> f64 {
    let radians = latitude.clamp(-MOST_NORTH, MOST_NORTH).to_radians();
    -(std::f64::consts::FRAC_PI_4 + radians / 2.0)
        .tan()
        .ln()
        .to_degrees()
}

impl View {
    fn around(points: &[&Point], width: f64, height: f64) -> Self {
        let (mut west, mut east) = (f64::MAX, f64::MIN);
        let (mut north, mut south) = (f64::MAX, f64::MIN);
        for point in points {
            let y = southing(point.latitude);
            (west, east) = (west.min(point.longitude), east.max(point.longitude));
            (north, south) = (north.min(y), south.max(y));
        }
        // Room for marks at the edge, and for names at the right.
        let spans = [(east - west) / width, (south - north) / height].map(|span| span * 1.3);
        let per_unit = spans.into_iter().fold(LEAST_SPAN / width, f64::max);
        Self {
            west: (west + east) / 2.0 - width / 2.0 * per_unit,
            north: (north + south) / 2.0 - height / 2.0 * per_unit,
            scale: 1.0 / per_unit,
            width,
            height,
        }
    }

    fn project(&self, longitude: f64, latitude: f64) -> (f64, f64) {
        (
            (longitude - self.west) * self.scale,
            (southing(latitude) - self.north) * self.scale,
        )
    }

    /// The marks: places that would cover each other are one, which counts them.
    fn markers(&self, points: &[&Point]) -> Vec<Marker> {
        let mut cells: BTreeMap<(i64, i64), Vec<&Point>> = BTreeMap::new();
        for point in points {
            let (x, y) = self.project(point.longitude, point.latitude);
            let cell = ((y / APART).floor() as i64, (x / APART).floor() as i64);
            cells.entry(cell).or_default().push(point);
        }
        let mut markers: Vec<Marker> = cells
            .into_values()
            .filter_map(|points| {
                let first = points.first()?;
                let (x, y) = self.project(first.longitude, first.latitude);
                let count: usize = points.iter().map(|point| point.count).sum();
                let mut label = first.label.clone();
                if points.len() > 1 {
                    // Writing to a String does not fail.
                    let _ = write!(label, " + {}", points.len() - 1);
                }
                let radius = 9 + ((count.max(1) as f64).log10() * 6.0).min(18.0) as i32;
                Some(Marker {
                    x: x.round() as i32,
                    y: y.round() as i32,
                    radius,
                    label,
                    // Of several, the list beside the map has all.
                    href: first.href.clone().filter(|_| points.len() == 1),
                    count,
                    name: None,
                    at: format!("{:.5},{:.5}", first.latitude, first.longitude),
                })
            })
            .collect();
        if markers.len() <= MOST_NAMED {
            self.name(&mut markers);
        }
        markers
    }

    /// Puts names beside marks, at the side where there is room for them.
    fn name(&self, markers: &mut [Marker]) {
        let width = self.width as i32;
        let mut taken: Vec<[i32; 4]> = markers
            .iter()
            .map(|mark| {
                let Marker { x, y, radius, .. } = *mark;
                [x - radius, y - radius, x + radius, y + radius]
            })
            .collect();
        for marker in markers {
            let length = marker.label.chars().count() as i32 * LETTER;
            let (top, bottom) = (marker.y - LETTER, marker.y + LETTER);
            let (left, right) = (
                marker.x - marker.radius - ASIDE,
                marker.x + marker.radius + ASIDE,
            );
            let sides = [
                (right, "start", [right, top, right + length, bottom]),
                (left, "end", [left - length, top, left, bottom]),
            ];
            let is_free = |room: &[i32; 4]| {
                let [west, north, east, south] = *room;
                west >= 0
                    && east <= width
                    && taken.iter().all(|other| {
                        east <= other[0]
                            || west >= other[2]
                            || south <= other[1]
                            || north >= other[3]
                    })
            };
            if let Some((at, anchor, room)) = sides.into_iter().find(|(_, _, room)| is_free(room)) {
                marker.name = Some((at, anchor));
                taken.push(room);
            }
        }
    }

    /// The land and the borders in this part of the world, as paths.
    fn outline(&self) -> (String, String) {
        let degrees = |x: f64, y: f64| {
            let southing = (y / self.scale + self.north).to_radians();
            let latitude = 2.0 * (-southing).exp().atan() - std::f64::consts::FRAC_PI_2;
            (x / self.scale + self.west, latitude.to_degrees())
        };
        let (west, north) = degrees(0.0, 0.0);
        let (east, south) = degrees(self.width, self.height);
        let shown = Bounds {
            west,
            south,
            east,
            north,
        };
        let mut frames = ATLAS.iter();
        let Some(frame) = frames
            .find(|frame| frame.bounds.holds(&shown))
            .or_else(|| ATLAS.last())
        else {
            return (String::new(), String::new());
        };
        let path = |lines: &[Line], is_ring: bool| {
            let mut path = String::new();
            for line in lines.iter().filter(|line| line.bounds.meets(&shown)) {
                let points = line.points.iter();
                let points: Vec<(f64, f64)> = points
                    .map(|(longitude, latitude)| {
                        self.project(f64::from(*longitude), f64::from(*latitude))
                    })
                    .collect();
                if is_ring {
                    self.write_ring(&points, &mut path);
                } else {
                    self.write_line(&points, &mut path);
                }
            }
            path
        };
        (path(&frame.land, true), path(&frame.borders, false))
    }

    /// What of a ring is in the view: Sutherland and Hodgman, with a margin that hides the edges
    /// that come of it.
    fn write_ring(&self, points: &[(f64, f64)], path: &mut String) {
        const MARGIN: f64 = 6.0;
        let mut points = points.to_vec();
        for (is_x, limit, sign) in [
            (true, -MARGIN, 1.0),
            (true, self.width + MARGIN, -1.0),
            (false, -MARGIN, 1.0),
            (false, self.height + MARGIN, -1.0),
        ] {
            let along = |point: &(f64, f64)| if is_x { point.0 } else { point.1 };
            let is_inside = |point: &(f64, f64)| (along(point) - limit) * sign >= 0.0;
            let mut kept = Vec::with_capacity(points.len());
            let mut before = points.last().copied();
            for point in &points {
                if let Some(before) = before
                    && is_inside(&before) != is_inside(point)
                {
                    let share = (limit - along(&before)) / (along(point) - along(&before));
                    kept.push((
                        before.0 + share * (point.0 - before.0),
                        before.1 + share * (point.1 - before.1),
                    ));
                }
                if is_inside(point) {
                    kept.push(*point);
                }
                before = Some(*point);
            }
            points = kept;
        }
        if write_steps(&points, path) > 1 {
            path.push('z');
        }
    }

    fn write_line(&self, points: &[(f64, f64)], path: &mut String) {
        let is_near = |(x, y): &(f64, f64)| {
            (-self.width..=2.0 * self.width).contains(x)
                && (-self.height..=2.0 * self.height).contains(y)
        };
        for part in points.split(|point| !is_near(point)) {
            if part.len() > 1 {
                write_steps(part, path);
            }
        }
    }
}

/// Writes points as a path of whole units, each relative to the one before; those that can hardly
/// be told from it are left out. Gives how many are in it; a single one is not written.
fn write_steps(points: &[(f64, f64)], path: &mut String) -> usize {
    const STEP: i32 = 3;
    let mut points = points
        .iter()
        .map(|(x, y)| (x.round() as i32, y.round() as i32));
    let Some((mut x, mut y)) = points.next() else {
        return 0;
    };
    let mut written = 1;
    for (next_x, next_y) in points {
        let (dx, dy) = (next_x - x, next_y - y);
        if dx.abs() < STEP && dy.abs() < STEP {
            continue;
        }
        // Writing to a String does not fail.
        let _ = if written == 1 {
            write!(path, "M{x} {y}l{dx} {dy}")
        } else {
            write!(path, " {dx} {dy}")
        };
        (x, y) = (next_x, next_y);
        written += 1;
    }
    written
}

/// A box in degrees.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl Bounds {
    fn holds(&self, other: &Self) -> bool {
        self.west <= other.west
            && self.south <= other.south
            && self.east >= other.east
            && self.north >= other.north
    }

    fn meets(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }
}

/// A ring or a line, longitude first.
struct Line {
    bounds: Bounds,
    points: Vec<(f32, f32)>,
}

/// A part of the world.
struct Frame {
    bounds: Bounds,
    land: Vec<Line>,
    borders: Vec<Line>,
}

/// The parts of the world that were bundled (`web/land.mjs`), those in detail first, the whole
/// world last; none when the program was built without node: then maps show marks alone.
static ATLAS: LazyLock<Vec<Frame>> = LazyLock::new(|| {
    let atlas = Asset::named("land.json");
    let written: Option<Written> =
        atlas.and_then(|asset| serde_json::from_slice(&asset.bytes).ok());
    let frames = written.map(|written| written.frames).unwrap_or_default();
    frames.into_iter().map(Frame::from).collect()
});

#[derive(Deserialize)]
struct Written {
    frames: Vec<WrittenFrame>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenFrame {
    #[serde(rename = "box")]
    bounds: [f64; 4],
    per_degree: f64,
    land: Vec<Vec<i32>>,
    borders: Vec<Vec<i32>>,
}

impl From<WrittenFrame> for Frame {
    fn from(written: WrittenFrame) -> Self {
        let lines = |lines: Vec<Vec<i32>>| -> Vec<Line> {
            let lines = lines.iter();
            lines
                .map(|steps| Line::of(steps, written.per_degree))
                .collect()
        };
        let [west, south, east, north] = written.bounds;
        Self {
            bounds: Bounds {
                west,
                south,
                east,
                north,
            },
            land: lines(written.land),
            borders: lines(written.borders),
        }
    }
}

impl Line {
    fn of(steps: &[i32], per_degree: f64) -> Self {
        let mut bounds = Bounds {
            west: f64::MAX,
            south: f64::MAX,
            east: f64::MIN,
            north: f64::MIN,
        };
        let (mut x, mut y) = (0, 0);
        let points = steps.chunks_exact(2).map(|step| {
            x += step[0];
            y += step[1];
            let (longitude, latitude) = (f64::from(x) / per_degree, f64::from(y) / per_degree);
            bounds = Bounds {
                west: bounds.west.min(longitude),
                south: bounds.south.min(latitude),
                east: bounds.east.max(longitude),
                north: bounds.north.max(latitude),
            };
            (longitude as f32, latitude as f32)
        });
        let points = points.collect();
        Self { bounds, points }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outside::Tiles;
    use crate::model::{Generation, Lang, Outside};
    use crate::publish::sample;

    fn point(latitude: f64, longitude: f64, label: &str) -> Point {
        Point {
            latitude,
            longitude,
            label: label.to_owned(),
            href: Some(format!("/doc/{label}")),
            count: 1,
        }
    }

    fn drawn(points: &[Point], outside: &Outside) -> String {
        let base = sample::base();
        let site = Site {
            base: &base,
            root: "",
            lang: Lang::Fr,
            usual: Lang::Fr,
            generation: Generation(1),
            path: "/places",
            outside,
        };
        Map::of("Lieux", points, site).expect("a map").to_string()
    }

    #[test]
    fn north_is_above_and_east_is_at_the_right() {
        let lille = point(50.63, 3.06, "lille");
        let marseille = point(43.30, 5.37, "marseille");
        let view = View::around(&[&lille, &marseille], 1000.0, 750.0);
        let [(x, y), (other_x, other_y)] =
            [&lille, &marseille].map(|point| view.project(point.longitude, point.latitude));
        assert!(x < other_x && y < other_y);
        assert!([x, y, other_x, other_y].iter().all(|at| *at > 0.0));
        assert!(other_y < 750.0 && other_x < 1000.0);
    }

    #[test]
    fn regions_that_are_far_from_each_other_have_maps_of_their_own() {
        let points = [
            point(-20.88, 55.45, "saint-denis"),
            point(48.85, 2.35, "paris"),
            point(43.30, 5.37, "marseille"),
        ];
        let html = drawn(&points, Outside::NOTHING);
        assert_eq!(html.matches("<svg").count(), 2);
        let first = html.find("paris").expect("the fuller region");
        assert!(first < html.find("saint-denis").expect("the other one"));
    }

    #[test]
    fn what_is_nowhere_is_left_out_and_labels_stay_text() {
        let points = [
            point(f64::NAN, 2.0, "nan"),
            point(91.0, 2.0, "too-north"),
            point(48.0, 500.0, "too-east"),
            point(48.0, 2.0, "\"><script>alert(1)</script>"),
        ];
        let html = drawn(&points, Outside::NOTHING);
        assert_eq!(html.matches("<circle").count(), 1);
        assert!(!html.contains("<script"));
        assert!(drawn(&points[..3], Outside::NOTHING).is_empty());
    }

    #[test]
    fn places_that_would_cover_each_other_are_one_mark_that_counts_them() {
        let points = [
            point(48.85, 2.35, "one"),
            point(48.85, 2.35, "two"),
            point(43.30, 5.37, "far"),
        ];
        let html = drawn(&points, Outside::NOTHING);
        assert_eq!(html.matches("<circle").count(), 2);
        assert!(html.contains("one + 1"));
        assert!(!html.contains("/doc/one"));
    }

    #[test]
    fn tiles_are_named_only_where_the_operator_names_them() {
        let points = [point(48.85, 2.35, "paris")];
        assert!(!drawn(&points, Outside::NOTHING).contains("data-tiles"));
        let outside = Outside {
            tiles: Tiles::of("https://tiles.example.org/{z}/{x}/{y}.png"),
            ..Outside::default()
        };
        let html = drawn(&points, &outside);
        assert!(html.contains("data-tiles=\"https://tiles.example.org/{z}/{x}/{y}.png\""));
    }

    #[test]
    fn a_map_of_the_country_is_small() {
        let points = [
            point(51.0, 2.4, "dunkerque"),
            point(42.5, 3.0, "perpignan"),
            point(48.4, -4.5, "brest"),
            point(48.6, 7.75, "strasbourg"),
        ];
        let html = drawn(&points, Outside::NOTHING);
        assert!(html.len() < 30_000, "{} bytes", html.len());
        if Asset::named("land.json").is_some() {
            assert!(html.contains("class=\"land\""));
        }
    }
}
