//! Variables, fields and literals.

use super::Maker;
use super::subject::text;
use super::types::Ty;

impl Maker<'_> {
    /// A variable or a field of the type, if there is one.
    pub(super) fn variable(&mut self, ty: &Ty) -> Option<String> {
        let mut known: Vec<_> = self
            .scope
            .iter()
            .filter(|(_, known)| known == ty)
            .map(|(name, _)| name.clone())
            .collect();
        for (name, of) in &self.scope {
            if *of == Ty::Object {
                match ty {
                    Ty::String => known_push(&mut known, name, "name"),
                    Ty::Int => known_push(&mut known, name, "v"),
                    Ty::List(of) if **of == Ty::String => known_push(&mut known, name, "tags"),
                    _ => {}
                }
            }
        }
        (!known.is_empty()).then(|| known.swap_remove(self.rng.usize(..known.len())))
    }

    pub(super) fn leaf(&mut self, ty: &Ty) -> String {
        if self.rng.u32(0..3) > 0
            && let Some(variable) = self.variable(ty)
        {
            return variable;
        }
        match ty {
            Ty::Bool => self.pick(&["true", "false"]).to_owned(),
            Ty::Int => match self.rng.u32(0..8) {
                0 => "9223372036854775807".to_owned(),
                1 => "-9223372036854775808".to_owned(),
                2 => "0x1F".to_owned(),
                _ => self.rng.i32(-4..12).to_string(),
            },
            Ty::Uint => match self.rng.u32(0..8) {
                0 => "18446744073709551615u".to_owned(),
                _ => format!("{}u", self.rng.u32(0..9)),
            },
            Ty::Double => {
                let choices = [
                    "0.0",
                    "1.5",
                    "-2.0",
                    "1e3",
                    "3.0",
                    "1e-7",
                    "1e21",
                    "double('NaN')",
                    "-0.0",
                ];
                self.pick(&choices).to_owned()
            }
            Ty::String => {
                let text = text(self.rng);
                match self.rng.u32(0..4) {
                    0 => format!("\"{text}\""),
                    1 => format!("r'{text}'"),
                    _ => format!("'{text}'"),
                }
            }
            Ty::Bytes => self
                .pick(&["b''", "b'abc'", "b'\\xff\\x00'", "b'é'"])
                .to_owned(),
            Ty::Timestamp
            | Ty::Duration
            | Ty::Quantity
            | Ty::Ip
            | Ty::Cidr
            | Ty::Url
            | Ty::Semver => self.pick(made_of_text(ty)).to_owned(),
            Ty::Format => self
                .pick(&["format.named('uuid').value()", "format.dns1123Label()"])
                .to_owned(),
            Ty::Type => self
                .pick(&[
                    "int",
                    "type('a')",
                    "net.IP",
                    "type([])",
                    "google.protobuf.Empty",
                ])
                .to_owned(),
            Ty::Null => "null".to_owned(),
            Ty::Empty => "google.protobuf.Empty{}".to_owned(),
            Ty::Object => self.pick(&["self.o", "self.lk[0]"]).to_owned(),
            Ty::List(of) => {
                let count = self.rng.usize(..4);
                let items: Vec<_> = (0..count).map(|_| self.leaf(of)).collect();
                format!("[{}]", items.join(", "))
            }
            Ty::Map(keys, values) => {
                let count = self.rng.usize(..3);
                let entries: Vec<_> = (0..count)
                    .map(|_| format!("{}: {}", self.leaf(keys), self.leaf(values)))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
            Ty::Optional(of) => match self.rng.u32(0..4) {
                0 => "optional.none()".to_owned(),
                1 if **of == Ty::String => "self.?s".to_owned(),
                1 if **of == Ty::Int => "self.?n".to_owned(),
                _ => format!("optional.of({})", self.leaf(of)),
            },
        }
    }
}

/// Values that are constructed from texts.
fn made_of_text(ty: &Ty) -> &'static [&'static str] {
    match ty {
        Ty::Timestamp => &[
            "timestamp('2024-02-29T12:34:56.789Z')",
            "timestamp('1970-01-01T00:00:00Z')",
            "timestamp('2000-12-31T23:59:59+05:30')",
            "timestamp(1700000000)",
            "timestamp('2000-12-31T23:59:59+02:00')",
            "google.protobuf.Timestamp{seconds: 5}",
        ],
        Ty::Duration => &[
            "duration('1h30m')",
            "duration('-5s')",
            "duration('1ms')",
            "duration('0s')",
        ],
        Ty::Quantity => &[
            "quantity('1')",
            "quantity('1500m')",
            "quantity('2Gi')",
            "quantity('1e3')",
        ],
        Ty::Ip => &[
            "ip('10.0.0.1')",
            "ip('::1')",
            "ip('192.168.1.255')",
            "ip('fe80::1')",
        ],
        Ty::Cidr => &[
            "cidr('10.0.0.0/8')",
            "cidr('192.168.1.0/24')",
            "cidr('::/0')",
        ],
        Ty::Url => &[
            "url('https://a.b:80/c?d=e&d=f')",
            "url('/p/q')",
            "url('http://[::1]:8080')",
        ],
        _ => &[
            "semver('1.2.3')",
            "semver('v1.0', true)",
            "semver('1.2.3-rc.1+b')",
        ],
    }
}

fn known_push(known: &mut Vec<String>, object: &str, field: &str) {
    known.push(format!("{object}.{field}"));
}
