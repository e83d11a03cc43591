//! The picture of a party: what its SVG has, and its PNG as a decoder reads it.

use askama::Template as _;
use proptest::prelude::*;
use resvg::usvg::{Node, Options, Tree};

use super::drawing::Drawing;
use super::*;

fn party() -> PartyPreview<'static> {
    PartyPreview {
        dish: "Mushroom risotto",
        host: "Marta",
        date: "Saturday 12 December, 19:00",
        state: "3 seats left",
        seats: 8,
        taken: 5,
        is_open: true,
    }
}

fn svg(party: PartyPreview<'_>) -> String {
    Drawing::of(&Preview::of_party(party)).render().unwrap()
}

/// The bounding boxes of all texts as they are shaped: left, top, right, bottom.
fn text_boxes(svg: &str) -> Vec<[f32; 4]> {
    let options = Options { fontdb: font::database(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).unwrap();
    let mut groups = vec![tree.root()];
    let mut boxes = Vec::new();
    while let Some(group) = groups.pop() {
        for node in group.children() {
            match node {
                Node::Group(group) => groups.push(group),
                Node::Text(text) => {
                    let bounds = text.abs_bounding_box();
                    boxes.push([bounds.left(), bounds.top(), bounds.right(), bounds.bottom()]);
                }
                _ => {}
            }
        }
    }
    boxes
}

#[test]
fn picture_has_the_texts_and_the_table_of_the_party() {
    let svg = svg(party());
    for text in [">Dinner at Marta’s<", ">Mushroom<", ">risotto<", ">Saturday 12 December, 19:00<", ">3 seats left<"]
    {
        assert!(svg.contains(text), "{text}: {svg}");
    }
    assert_eq!((svg.matches("class=\"plate").count(), svg.matches("plate free").count()), (8, 3));
    assert_eq!(text_boxes(&svg).len(), 5);
}

#[test]
fn png_is_1200_by_630_and_under_80_kb() {
    let long = "Slow-roasted shoulder of lamb with rosemary, anchovies, garlic confit, white beans and a salad of bitter \
        leaves from the garden, then a lemon tart";
    for preview in [
        Preview::of_party(party()),
        Preview::of_party(PartyPreview { dish: long, seats: 24, taken: 20, ..party() }),
        Preview::of_party(PartyPreview { seats: 1000, taken: 999, ..party() }),
        Preview::of_start_page(),
    ] {
        let file = super::png::draw(&preview).unwrap();
        assert!(file.len() < 80_000, "{} bytes", file.len());
        let mut decoder = ::png::Decoder::new(std::io::Cursor::new(&file));
        decoder.set_transformations(::png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height, info.color_type), (1200, 630, ::png::ColorType::Rgb));
        assert_eq!(pixels[..3], [0xfb, 0xf6, 0xec], "the corner is not of the color of paper");
    }
}

#[test]
fn dish_without_glyphs_leaves_a_picture_without_text() {
    for dish in ["粥", "Pizza 🍕", "מרק"] {
        let svg = svg(PartyPreview { dish, ..party() });
        assert!(!svg.contains("<text") && svg.contains("class=\"plate"), "{dish}");
    }
    assert!(!svg(PartyPreview { host: "李小龙", ..party() }).contains("<text"));
}

#[test]
fn table_of_more_than_24_seats_is_a_ring() {
    let svg = svg(PartyPreview { seats: 60, taken: 30, ..party() });
    let arcs: Vec<_> =
        svg.split("<path d=\"").skip(1).map(|path| path.split('"').next().unwrap().matches('A').count()).collect();
    assert_eq!(arcs, [12, 12], "free and taken segments: {svg}");
    assert!(!svg.contains("class=\"plate"));
}

#[test]
fn texts_are_escaped() {
    let svg = svg(PartyPreview { dish: "<b>&\"", ..party() });
    assert!(svg.contains(">&#60;b&#62;&#38;&#34;<"), "{svg}");
    assert_eq!(text_boxes(&svg).len(), 4);
}

#[test]
fn hash_depends_on_everything_that_is_shown() {
    let hash = |party| Preview::of_party(party).content_hash().to_string();
    let same = hash(party());
    assert!(same.len() == 32 && same.bytes().all(|byte| byte.is_ascii_hexdigit()), "{same}");
    assert_eq!(hash(PartyPreview { dish: " Mushroom\u{a0} risotto", ..party() }), same);
    assert_eq!(hash(PartyPreview { dish: "crème", ..party() }), hash(PartyPreview { dish: "cre\u{300}me", ..party() }));
    let others = [
        PartyPreview { dish: "Mushroom", ..party() },
        PartyPreview { host: "Martin", ..party() },
        PartyPreview { date: "Sunday 13 December, 19:00", ..party() },
        PartyPreview { state: "Cancelled", ..party() },
        PartyPreview { date: "Saturday 12 December, 19:003", state: " seats left", ..party() },
        PartyPreview { seats: 9, ..party() },
        PartyPreview { taken: 6, ..party() },
        PartyPreview { is_open: false, ..party() },
    ];
    let mut all: Vec<_> = others.into_iter().map(hash).chain([same]).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 9);
}

#[test]
fn changed_drawing_has_a_new_version() {
    let digest = Sha256::digest(svg(party()));
    assert_eq!(
        (DRAWING_VERSION, format!("{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3])),
        (1, "3e281e7e".to_owned()),
        "the drawing changed: increase DRAWING_VERSION, and write the new digest here"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_text_stays_inside_the_frame(
        dish in "([A-Za-zÀ-ÿА-я&,]{1,25} ){0,12}[A-Za-z]{1,60}",
        host in "[A-Za-zА-я_.-]{3,64}",
        date in "Wednesday 30 September(, 19:00| 2026, 19:00 \\(Knox, Indiana time\\))",
    ) {
        let svg = svg(PartyPreview { dish: &dish, host: &host, date: &date, ..party() });
        let boxes = text_boxes(&svg);
        prop_assert!((4..=7).contains(&boxes.len()), "{svg}");
        for [left, top, right, bottom] in boxes {
            // The frame's inner line is at 35; the table begins at 730.
            prop_assert!(left >= 80.0 && right <= 716.0 && top >= 36.0 && bottom <= 594.0, "{left} {top} {right} {bottom}: {svg}");
        }
    }
}
