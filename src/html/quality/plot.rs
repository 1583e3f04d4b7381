//! Lines over time, drawn as SVG. Colours, strokes and the size of letters come from the style
//! sheet, so that the drawing follows the theme; what it shows stands in its description and in
//! a table beside it.

use super::{Line, percent};
use crate::html::Site;
use askama::Template;
use askama::filters::HtmlSafe;
use jiff::civil::Date;

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 30.0;
/// How many ways of drawing a line the style sheet knows.
const STYLES: usize = 6;

#[derive(Clone, Debug, PartialEq, Template)]
#[template(path = "plot.html")]
pub(super) struct Plot {
    title: String,
    description: String,
    width: f64,
    height: f64,
    grid: Vec<Mark>,
    dates: Vec<Mark>,
    left: f64,
    right: f64,
    curves: Vec<Curve>,
}

impl HtmlSafe for Plot {}

/// A label on one of the axes.
#[derive(Clone, Debug, PartialEq)]
struct Mark {
    at: String,
    label: String,
    anchor: &'static str,
}

#[derive(Clone, Debug, PartialEq)]
struct Curve {
    name: String,
    style: usize,
    /// As SVG has it: `x,y x,y`.
    points: String,
    last: (String, String),
    now: String,
}

impl Plot {
    /// The plot, unless there is nothing to draw.
    pub fn of(lines: &[&Line], site: &Site<'_>) -> Option<Self> {
        let day = |date: &str| date.parse::<Date>().ok();
        let mut dates: Vec<Date> = lines
            .iter()
            .flat_map(|line| line.points.iter().filter_map(|(date, _)| day(date)))
            .collect();
        dates.sort_unstable();
        dates.dedup();
        let (first, last) = (*dates.first()?, *dates.last()?);
        let days = f64::from(days_between(first, last));
        let x = |date: Date| {
            if days == 0.0 {
                // One day is in the middle.
                return LEFT + (WIDTH - LEFT - RIGHT) / 2.0;
            }
            LEFT + (WIDTH - LEFT - RIGHT) * f64::from(days_between(first, date)) / days
        };
        #[expect(clippy::cast_precision_loss, reason = "a share is at most 1000")]
        let y = |per_mille: u64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - per_mille as f64 / 1000.0);
        let curves: Vec<Curve> = lines
            .iter()
            .enumerate()
            .filter_map(|(place, line)| {
                let points: Vec<(String, String)> = line
                    .points
                    .iter()
                    .filter_map(|(date, per_mille)| Some((at(x(day(date)?)), at(y(*per_mille)))))
                    .collect();
                Some(Curve {
                    name: line.name.clone(),
                    style: place % STYLES,
                    last: points.last()?.clone(),
                    points: points
                        .iter()
                        .map(|(x, y)| format!("{x},{y}"))
                        .collect::<Vec<_>>()
                        .join(" "),
                    now: percent(line.points.last()?.1, site.lang),
                })
            })
            .collect();
        let described: Vec<String> = lines
            .iter()
            .filter_map(|line| {
                let (_, first) = line.points.first()?;
                let (_, last) = line.points.last()?;
                Some(format!(
                    "{}{} {} → {}.",
                    line.name,
                    site.say("colon"),
                    percent(*first, site.lang),
                    percent(*last, site.lang)
                ))
            })
            .collect();
        Some(Self {
            title: site.say("quality-plot-title"),
            description: described.join(" "),
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: WIDTH - RIGHT,
            grid: [0, 250, 500, 750, 1000]
                .into_iter()
                .map(|per_mille| Mark {
                    at: at(y(per_mille)),
                    label: percent(per_mille, site.lang),
                    anchor: "end",
                })
                .collect(),
            dates: marks(&dates, x),
            curves,
        })
    }
}

/// First and last day, and one between where there is room for its label.
fn marks(dates: &[Date], x: impl Fn(Date) -> f64) -> Vec<Mark> {
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
        return Vec::new();
    };
    let mark = |date: Date, anchor| Mark {
        at: at(x(date)),
        label: date.to_string(),
        anchor,
    };
    if first == last {
        return vec![mark(*first, "middle")];
    }
    let mut marks = vec![mark(*first, "start")];
    let middle = f64::midpoint(x(*first), x(*last));
    let distance = |date: &&Date| (x(**date) - middle).abs();
    let between = dates
        .iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let third = (x(*last) - x(*first)) / 6.0;
    if let Some(date) = between.filter(|date| distance(date) < third) {
        marks.push(mark(*date, "middle"));
    }
    marks.push(mark(*last, "end"));
    marks
}

fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

fn at(number: f64) -> String {
    format!("{number:.1}")
}
