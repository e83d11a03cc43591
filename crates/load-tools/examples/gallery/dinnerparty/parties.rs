//! The parties of the gallery.

use anyhow::Context as _;

use super::instance::DinnerParty;
use crate::state::long_name;

/// The ids of parties, by the state that they show.
pub(super) struct PartiesByState {
    /// Seats are free. Ben has a seat, Dan has not answered.
    pub(super) open: i64,
    /// Hosted by Ada.
    pub(super) mine: i64,
    pub(super) full: i64,
    /// Declined by Ben.
    pub(super) declined: i64,
    pub(super) cancelled: i64,
    pub(super) past: i64,
    /// Under way. Ben has a seat.
    pub(super) begun: i64,
    /// Hosted by Ada, and in no list.
    pub(super) unlisted: i64,
}

/// Main dish and venue.
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

/// Hosts a party in each state, and 20 more.
pub(super) async fn host_many(site: &DinnerParty) -> anyhow::Result<PartiesByState> {
    let [ada, ben, chloe, dan] =
        [site.id_of("ada").await?, site.id_of("ben").await?, site.id_of("chloe").await?, site.id_of("dan").await?];
    let eva = site.add_user("Eva", "eva").await?;
    let farid = site.add_user("Farid", "farid").await?;
    for n in 1..=20 {
        site.add_user(&format!("guest{n}"), &format!("guest{n}")).await?;
    }
    let past = site.host(ada, "01-02", "Leftovers", "The kitchen", 4).await?;
    site.seat(past, ben).await?;
    site.advance_hours(48);
    let begun = site.host(chloe, "01-03", "Fondue", "The cabin", 6).await?;
    site.seat(begun, ben).await?;
    let unlisted = site.host_unlisted(ada, "03-13", "Birthday cake").await?;
    let open = site.host(ada, "03-14", "Ratatouille", "The kitchen on Elm Street", 8).await?;
    for guest in [ben, chloe, eva, farid] {
        site.seat(open, guest).await?;
    }
    let full = site.host(chloe, "03-20", "Onion soup", "The attic", 3).await?;
    site.seat(full, ada).await?;
    site.seat(full, ben).await?;
    let declined = site.host(ada, "03-21", "Pancakes", "The kitchen on Elm Street", 5).await?;
    site.decline(declined, ben).await?;
    let cancelled = site.host(ada, "03-28", "Bouillabaisse", "The harbor", 6).await?;
    site.cancel(cancelled, ada).await?;
    for ((dish, venue), n) in DISHES.into_iter().zip(1..) {
        let host = [ada, ben, chloe, dan][n % 4];
        let party = site.host(host, &format!("04-{:02}", n + 1), dish, venue, 6).await?;
        if n % 3 == 0 {
            site.seat(party, eva).await?;
        }
    }
    site.advance_hours(19);
    let [open, full, declined, unlisted] = [open.get(), full.get(), declined.get(), unlisted.get()];
    let (cancelled, past, begun) = (cancelled.get(), past.get(), begun.get());
    Ok(PartiesByState { open, mine: open, full, declined, cancelled, past, begun, unlisted })
}

/// Hosts parties of the sizes whose table is drawn and of those whose is not, and parties with unusual names.
///
/// Returns the name of each state with the party's id, and the longest username.
pub(super) async fn host_unusual(site: &DinnerParty) -> anyhow::Result<(Vec<(String, i64)>, String)> {
    let (host, long) = (site.id_of("مريم").await?, long_name());
    let mina = site.add_user(&long, "mina").await?;
    let mut guests = vec![mina];
    for (name, nick) in [("שרה", "sara"), ("Žofie", "zofie"), ("李小龍", "li"), ("Ὀδυσσεύς", "odysseus"), ("o.O", "oo")]
    {
        guests.push(site.add_user(name, nick).await?);
    }
    for n in 0..100 {
        guests.push(site.add_user(&format!("Guest-{n}"), &format!("g{n}")).await?);
    }
    let mut states = Vec::new();
    for (seats, taken) in [(1_u32, 1), (2, 2), (5, 4), (13, 12), (24, 20), (25, 25), (1000, 101)] {
        let party = site.host(host, "05-01", &format!("A table for {seats}"), "The hall", seats).await?;
        for guest in guests.iter().take(taken - 1) {
            site.seat(party, *guest).await?;
        }
        states.push((format!("table-{seats}"), party.get()));
    }
    let unbroken = "Überraschungsmenü".repeat(11);
    let markup = "<script>alert(1)</script> \"'&amp;";
    for (name, host, dish, venue) in [
        ("party-rtl", host, "كشري", "בית הקפה של שרה"),
        ("party-long", mina, unbroken.as_str(), "AnUnbrokenVenueOfManyLetters".repeat(7).as_str()),
        ("party-markup", mina, markup, markup),
        ("party-emoji", host, "🍝🍷 🕯️", "👩‍👩‍👧‍👦 at home"),
    ] {
        let party = site.host(host, "05-02", dish, venue, 8).await?;
        let guest = guests.get(1).context("no guests")?;
        site.seat(party, *guest).await?;
        states.push((name.to_owned(), party.get()));
    }
    Ok((states, long))
}
