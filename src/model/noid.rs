//! Opaque names of entities: eleven random "betanumeric" characters and a check character.

use std::fmt;

/// The NOID "betanumeric" alphabet: digits and consonants without `l` and `y`, so that no
/// word can be spelt. Its length, 29, is prime, which the check character needs.
pub(crate) const ALPHABET: &[u8; 29] = b"0123456789bcdfghjkmnpqrstvwxz";
const RANDOM_CHARS: usize = 11;

/// The name of an entity, such as `3f8kz2m9q0cb7`: 11 random characters and the NOID check
/// character (`noid(1)`, "NOID check digit algorithm", without the NAAN, which is optional here).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Noid(String);

/// Why a text is not the name of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoidError {
    #[error("it is not {} characters long", RANDOM_CHARS + 1)]
    Length,
    #[error("it has a character outside `0123456789bcdfghjkmnpqrstvwxz`")]
    Alphabet,
    #[error("its check character is wrong, so it has been mistyped")]
    CheckCharacter,
}

impl Noid {
    /// A new name. `random` fills a buffer with random bytes; bytes that would favour some
    /// characters are thrown away, so each name is equally likely.
    pub fn mint(random: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut name = String::with_capacity(RANDOM_CHARS + 1);
        let mut bytes = [0_u8; 32];
        while name.len() < RANDOM_CHARS {
            random(&mut bytes);
            // 232 = 8 × 29: the largest multiple of the alphabet's length in a byte.
            for byte in bytes.iter().filter(|byte| **byte < 232) {
                if name.len() < RANDOM_CHARS {
                    name.push(char::from(ALPHABET[usize::from(*byte % 29)]));
                }
            }
        }
        name.push(check_character(&name));
        Self(name)
    }

    /// Reads a name as it stands in an IRI.
    ///
    /// # Errors
    /// When the text cannot be such a name; a wrong check character is told apart, since it
    /// means that somebody copied the name by hand.
    pub fn parse(text: &str) -> Result<Self, NoidError> {
        if text.len() != RANDOM_CHARS + 1 {
            return Err(NoidError::Length);
        }
        if !text.bytes().all(|byte| ALPHABET.contains(&byte)) {
            return Err(NoidError::Alphabet);
        }
        let (name, check) = text.split_at(RANDOM_CHARS);
        if !check.starts_with(check_character(name)) {
            return Err(NoidError::CheckCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names that somebody may have meant who wrote `text`: those that differ from it by one
    /// character, by two neighbours swapped, by one character too many or too few, or by letters
    /// that no name has and that look like digits. The check character leaves one candidate in
    /// 29, so these are some dozens at most, whatever the text. Empty for what is a name.
    pub fn near(text: &str) -> Vec<Self> {
        if Self::parse(text).is_ok() {
            return Vec::new();
        }
        let chars: Vec<char> = text
            .chars()
            .take(RANDOM_CHARS + 3)
            .map(|c| match c.to_ascii_lowercase() {
                'o' => '0',
                'l' | 'i' => '1',
                other => other,
            })
            .collect();
        let mut texts: Vec<Vec<char>> = vec![chars.clone()];
        let alphabet = || ALPHABET.iter().map(|byte| char::from(*byte));
        match chars.len() {
            n if n == RANDOM_CHARS + 1 => {
                for place in 0..n {
                    texts.extend(alphabet().map(|other| {
                        let mut changed = chars.clone();
                        changed[place] = other;
                        changed
                    }));
                    if place + 1 < n {
                        let mut swapped = chars.clone();
                        swapped.swap(place, place + 1);
                        texts.push(swapped);
                    }
                }
            }
            n if n == RANDOM_CHARS + 2 => texts.extend((0..n).map(|place| {
                let mut shorter = chars.clone();
                shorter.remove(place);
                shorter
            })),
            n if n == RANDOM_CHARS => {
                for place in 0..=n {
                    texts.extend(alphabet().map(|other| {
                        let mut longer = chars.clone();
                        longer.insert(place, other);
                        longer
                    }));
                }
            }
            _ => {}
        }
        let mut names: Vec<Self> = texts
            .into_iter()
            .filter_map(|chars| Self::parse(&chars.into_iter().collect::<String>()).ok())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The name as a number, in eight bytes instead of a text; numbers are in the order of names.
    pub fn to_number(&self) -> u64 {
        let digits = self.0.bytes().take(RANDOM_CHARS);
        digits.fold(0, |number, byte| {
            let digit = ALPHABET.iter().position(|c| *c == byte).unwrap_or(0);
            number * ALPHABET.len() as u64 + digit as u64
        })
    }

    /// The name of which [`Noid::to_number`] gave the number.
    pub fn of_number(mut number: u64) -> Self {
        let mut digits = [ALPHABET[0]; RANDOM_CHARS];
        for digit in digits.iter_mut().rev() {
            *digit = ALPHABET[(number % ALPHABET.len() as u64) as usize];
            number /= ALPHABET.len() as u64;
        }
        let mut name: String = digits.into_iter().map(char::from).collect();
        name.push(check_character(&name));
        Self(name)
    }
}

impl fmt::Display for Noid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Sum of each character's ordinal times its position counted from 1, modulo 29.
fn check_character(name: &str) -> char {
    let sum: usize = name
        .bytes()
        .enumerate()
        .map(|(index, byte)| {
            let ordinal = ALPHABET.iter().position(|c| *c == byte).unwrap_or(0);
            (index + 1) * ordinal
        })
        .sum();
    char::from(ALPHABET[sum % ALPHABET.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_gives_the_name_back_and_sorts_like_it() {
        let mut random = counting();
        let mut names: Vec<Noid> = (0..50).map(|_| Noid::mint(&mut random)).collect();
        for name in &names {
            assert_eq!(Noid::of_number(name.to_number()), *name);
        }
        names.sort();
        assert!(names.is_sorted_by_key(Noid::to_number));
    }

    fn counting() -> impl FnMut(&mut [u8]) {
        let mut next = 0_u8;
        move |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(37);
            }
        }
    }

    #[test]
    fn a_minted_name_is_read_back() {
        let noid = Noid::mint(&mut counting());
        assert_eq!(Noid::parse(noid.as_str()), Ok(noid));
    }

    #[test]
    fn every_mistyped_character_and_every_swap_of_neighbours_is_detected() {
        let noid = Noid::mint(&mut counting());
        let chars: Vec<char> = noid.as_str().chars().collect();
        for index in 0..chars.len() {
            for other in ALPHABET.iter().map(|byte| char::from(*byte)) {
                if other != chars[index] {
                    let mut typo = chars.clone();
                    typo[index] = other;
                    let typo: String = typo.into_iter().collect();
                    assert_eq!(Noid::parse(&typo), Err(NoidError::CheckCharacter), "{typo}");
                }
            }
            if index + 1 < chars.len() - 1 && chars[index] != chars[index + 1] {
                let mut swapped = chars.clone();
                swapped.swap(index, index + 1);
                let swapped: String = swapped.into_iter().collect();
                assert_eq!(Noid::parse(&swapped), Err(NoidError::CheckCharacter));
            }
        }
    }

    #[test]
    fn a_mistyped_name_is_among_those_near_to_what_was_typed() {
        let noid = Noid::mint(&mut counting());
        let chars: Vec<char> = noid.as_str().chars().collect();
        let typed = |chars: &[char]| Noid::near(&chars.iter().collect::<String>());
        for place in 0..chars.len() {
            let mut wrong = chars.clone();
            wrong[place] = if chars[place] == 'k' { 'm' } else { 'k' };
            assert!(typed(&wrong).contains(&noid));
            wrong[place] = 'é';
            assert!(typed(&wrong).contains(&noid));
            let mut short = chars.clone();
            short.remove(place);
            assert!(typed(&short).contains(&noid));
            let mut long = chars.clone();
            long.insert(place, '7');
            assert!(typed(&long).contains(&noid));
            if place > 0 {
                let mut swapped = chars.clone();
                swapped.swap(place - 1, place);
                let is_slip = Noid::parse(&swapped.iter().collect::<String>()).is_err();
                assert!(!is_slip || typed(&swapped).contains(&noid));
            }
            assert!(typed(&wrong).len() < 40);
        }
        let like = noid.as_str().replace('0', "O").replace('1', "l");
        assert!(Noid::near(&like).contains(&noid));
        for text in ["", "x", "nothing at all like that", &"9".repeat(10_000)] {
            assert_eq!(Noid::near(text), [], "{text}");
        }
    }

    #[test]
    fn a_mistyped_name_leads_back_to_the_right_one() {
        let noid = Noid::mint(&mut counting());
        let mut typo = noid.as_str().as_bytes().to_vec();
        typo[4] = if typo[4] == b'b' { b'c' } else { b'b' };
        let near = Noid::near(std::str::from_utf8(&typo).expect("letters"));
        assert!(near.contains(&noid), "{near:?}");
        assert!(near.len() <= 24, "{near:?}");
        let mut swapped = noid.as_str().as_bytes().to_vec();
        swapped.swap(2, 3);
        let near = Noid::near(std::str::from_utf8(&swapped).expect("letters"));
        assert!(near.contains(&noid), "{near:?}");
        assert_eq!(Noid::near(noid.as_str()), [], "it is not mistyped");
        assert_eq!(Noid::near("théâtre"), []);
    }

    #[test]
    fn the_check_character_is_that_of_the_noid_manual() {
        // noid(1) works `13030/xf93gt2` out to `q`: the NAAN and slash count as positions there,
        // so the same sum is checked here with the offset of six characters.
        let sum: usize = "13030/xf93gt2"
            .bytes()
            .enumerate()
            .map(|(i, b)| (i + 1) * ALPHABET.iter().position(|c| *c == b).unwrap_or(0))
            .sum();
        assert_eq!(char::from(ALPHABET[sum % 29]), 'q');
    }
}
