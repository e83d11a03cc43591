//! The landscapes of the stamps, as paths of an SVG of 72 by 88; the picture is the inner 56 by 72. None shows a sight
//! of a particular country, since names choose them at random.

/// A landscape, from the back to the front.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scene {
    /// A name for the tests.
    pub(super) name: &'static str,
    /// The ground, or the sea.
    pub(super) far: &'static str,
    /// The objects in front.
    pub(super) near: &'static str,
    /// The highlights.
    pub(super) bright: &'static str,
}

pub(super) const SCENES: [Scene; 8] = [
    Scene {
        name: "peaks",
        far: "M8 62 23 38l8 11 12-21 21 34v18H8z",
        near: "M8 68q14-8 28 0t28-2v14H8z",
        bright: "m43 28 7 11-4 4-4-3-5 2-1-2zM23 38l5 7-4 2-2-2-4 2z",
    },
    Scene { name: "sail", far: "M8 56h56v24H8z", near: "M20 62h31l-7 8H27z", bright: "M35 28v31H21zM38 35v24h13z" },
    Scene {
        name: "palm",
        far: "M8 60h56v20H8z",
        near: "M16 68q20-15 40 0zM34 64q-1-15 3-26l3 1q-4 11-2 25z",
        bright: "M39 39q-9-8-18 1 9-3 18-1zm0 0q9-8 18 1-9-3-18-1zm0 0q-4-11-15-10 10 2 15 10zm0 0q3-12 14-10-10 2-14 10z",
    },
    Scene {
        name: "dunes",
        far: "M8 58q16-14 32-4t24-6v32H8z",
        near: "M8 72q20-15 36-5t20-5v18H8z",
        bright: "m21 60 9-14 9 14h-6l-3-6-3 6z",
    },
    Scene {
        name: "pines",
        far: "M8 58q14-10 28-2t28-5v29H8z",
        near: "M23 76H12l6-9h-4l6-9h-4l7-11 7 11h-4l6 9h-4l6 9zM49 80H38l6-8h-4l6-8h-3l6-10 6 10h-3l6 8h-4l6 8z",
        bright: "M22 76h2v4h-2zM8 78h56v2H8z",
    },
    Scene {
        name: "lighthouse",
        far: "M8 62h56v18H8z",
        near: "M31 66l3-32h7l3 32zM20 80q4-14 17-14t18 14z",
        bright: "M33 27h9v6h-9zM32.700 42h9.600l.7 7H32zM31.600 56h12l.7 7H31z",
    },
    Scene {
        name: "balloon",
        far: "M8 64q14-10 28-2t28-5v23H8z",
        near: "M36 22c17 0 18 17 8 27l-4 6h-8l-4-6c-10-10-9-27 8-27zM32 58h8v6h-8z",
        bright: "M36 22c8 4 8 20 2 33h-4c-6-13-6-29 2-33z",
    },
    Scene {
        name: "town",
        far: "M8 54q14-10 28-2t28-5v33H8z",
        near: "M11 80V60l8-8 8 8v20zM29 80V50l9-9 9 9v30zM49 80V62l6-6 6 6v18z",
        bright: "M17 63h4v5h-4zM34 55h3v5h-3zM39 55h3v5h-3zM36 66h4v14h-4zM53 65h4v5h-4z",
    },
];
