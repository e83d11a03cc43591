//! Which parties there are to see.

use anyhow::Context as _;

use super::house::House;
use crate::state::long_name;

/// Parties of a full house, by what they show.
pub(super) struct Hosted {
    /// Seats are free, Ben has one, Dan has said nothing.
    pub(super) open: i64,
    /// Ada's own.
    pub(super) mine: i64,
    pub(super) full: i64,
    /// Ben declined.
    pub(super) declined: i64,
    pub(super) cancelled: i64,
    pub(super) past: i64,
}

const DISHES: [(&str, &str); 20] = [
    ("Mushroom risotto", "The loft by the canal"),
    ("Shakshuka", "Chloe's balcony"),
    ("Fish pie", "Number 12, first floor"),
    ("Pierogi", "The old bakery"),
    ("Dal and rotis", "The long kitchen"),
    ("Paella", "The yard"),
    ("Raclette", "The mountain hut"),
    ("Gumbo", "The blue house"),
    ("Ramen", "Upstairs at Ben's"),
    ("Moussaka", "The roof"),
    ("Khachapuri", "The reading room"),
    ("Tacos", "The garage"),
    ("Boeuf bourguignon", "The library"),
    ("Injera and wot", "The corner flat"),
    ("Dumplings", "The green door"),
    ("Coq au vin", "The barn"),
    ("Bibimbap", "The studio"),
    ("Lasagna", "Grandmother's"),
    ("Goulash", "The allotment"),
    ("Feijoada", "The boathouse"),
];

pub(super) async fn full_list(house: &House) -> anyhow::Result<Hosted> {
    let [ada, ben, chloe, dan] =
        [house.id_of("ada").await?, house.id_of("ben").await?, house.id_of("chloe").await?, house.id_of("dan").await?];
    let eva = house.stranger("Eva", "eva").await?;
    let farid = house.stranger("Farid", "farid").await?;
    for n in 1..=20 {
        house.stranger(&format!("guest{n}"), &format!("guest{n}")).await?;
    }
    let past = house.host(ada, "01-02", "Leftovers", "The kitchen", 4).await?;
    house.seat(past, ben).await?;
    house.pass_days(2);
    let open = house.host(ada, "03-14", "Ratatouille", "The kitchen on Elm Street", 8).await?;
    for guest in [ben, chloe, eva, farid] {
        house.seat(open, guest).await?;
    }
    let full = house.host(chloe, "03-20", "Onion soup", "The attic", 3).await?;
    house.seat(full, ada).await?;
    house.seat(full, ben).await?;
    let declined = house.host(ada, "03-21", "Pancakes", "The kitchen on Elm Street", 5).await?;
    house.decline(declined, ben).await?;
    let cancelled = house.host(ada, "03-28", "Bouillabaisse", "The harbor", 6).await?;
    house.call_off(cancelled).await?;
    for ((dish, venue), n) in DISHES.into_iter().zip(1..) {
        let host = [ada, ben, chloe, dan][n % 4];
        let party = house.host(host, &format!("04-{:02}", n + 1), dish, venue, 6).await?;
        if n % 3 == 0 {
            house.seat(party, eva).await?;
        }
    }
    let [open, full, declined] = [open.get(), full.get(), declined.get()];
    Ok(Hosted { open, mine: open, full, declined, cancelled: cancelled.get(), past: past.get() })
}

/// Tables of the sizes that are drawn and of those that are not, then odd names; with how the state is called. And the
/// longest name there is.
pub(super) async fn odd_ones(house: &House) -> anyhow::Result<(Vec<(String, i64)>, String)> {
    let (host, long) = (house.id_of("مريم").await?, long_name());
    let mina = house.stranger(&long, "mina").await?;
    let mut guests = vec![mina];
    for (name, nick) in [("שרה", "sara"), ("Žofie", "zofie"), ("李小龍", "li"), ("Ὀδυσσεύς", "odysseus"), ("o.O", "oo")]
    {
        guests.push(house.stranger(name, nick).await?);
    }
    for n in 0..100 {
        guests.push(house.stranger(&format!("Guest-{n}"), &format!("g{n}")).await?);
    }
    let mut odd = Vec::new();
    for (seats, taken) in [(1_u32, 1), (2, 2), (5, 4), (13, 12), (24, 20), (25, 25), (1000, 101)] {
        let party = house.host(host, "05-01", &format!("A table for {seats}"), "The hall", seats).await?;
        for guest in guests.iter().take(taken - 1) {
            house.seat(party, *guest).await?;
        }
        odd.push((format!("table-{seats}"), party.get()));
    }
    let unbroken = "Überraschungsmenü".repeat(11);
    let markup = "<script>alert(1)</script> \"'&amp;";
    for (name, host, dish, venue) in [
        ("party-rtl", host, "كشري", "בית הקפה של שרה"),
        ("party-long", mina, unbroken.as_str(), "AnUnbrokenVenueOfManyLetters".repeat(7).as_str()),
        ("party-markup", mina, markup, markup),
        ("party-emoji", host, "🍝🍷 🕯️", "👩‍👩‍👧‍👦 at home"),
    ] {
        let party = house.host(host, "05-02", dish, venue, 8).await?;
        let guest = guests.get(1).context("there are guests")?;
        house.seat(party, *guest).await?;
        odd.push((name.to_owned(), party.get()));
    }
    Ok((odd, long))
}
