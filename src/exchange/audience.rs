//! Says who can open a link: everybody, the same network, or only this computer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Who can open a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    Everybody,
    /// The devices of the same network: a school, a home.
    Network,
    /// This computer alone.
    Computer,
}

/// The ends of names that no public name server knows.
const PRIVATE_ENDS: [&str; 9] =
    ["local", "lan", "home", "internal", "intranet", "corp", "private", "fritz.box", "home.arpa"];

/// What to do about a link that others cannot open.
#[cfg(feature = "exchange")]
const ADVICE: &str = "To share it with everybody, open Gradsheet at a public address and share it from there. Or choose \
                      File, “Save as Excel workbook”, and send the workbook: others load it with “Open a workbook…”.";

/// Returns a sentence that warns of a link which not everybody can open; `None` if everybody can.
pub fn warning(link: &str) -> Option<&'static str> {
    match audience(link) {
        Audience::Everybody => None,
        Audience::Computer => Some("This link works only on this computer, because Gradsheet is served from it."),
        Audience::Network => Some(
            "This link works only in your own network, for example within your school, because the address is a private one.",
        ),
    }
}

/// Returns the warning about a link to a sheet as markup, with what to do; empty if everybody can open the link.
#[cfg(feature = "exchange")]
pub fn html(link: &str) -> String {
    let sentence = |warning| format!("<p class=\"share-warning\"><strong>{warning}</strong> {ADVICE}</p>");
    warning(link).map(sentence).unwrap_or_default()
}

fn audience(link: &str) -> Audience {
    let Some((scheme, rest)) = link.split_once("://") else { return Audience::Computer };
    if scheme != "http" && scheme != "https" {
        return Audience::Computer;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.split(']').next()) {
        return address.parse().map_or(Audience::Network, |address: Ipv6Addr| of_address(address.to_canonical()));
    }
    let host = host.split(':').next().unwrap_or_default();
    match host.parse::<Ipv4Addr>() {
        Ok(address) => of_address(IpAddr::V4(address)),
        Err(_) => of_name(host.trim_end_matches('.')),
    }
}

fn of_address(address: IpAddr) -> Audience {
    let (is_own, is_private) = match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            // Addresses from 100.64.0.0 on are those of a provider's or a private network.
            let is_shared = first == 100 && (64..128).contains(&second);
            (
                address.is_loopback() || address.is_unspecified(),
                address.is_private() || address.is_link_local() || is_shared,
            )
        }
        IpAddr::V6(address) => (
            address.is_loopback() || address.is_unspecified(),
            address.is_unique_local() || address.is_unicast_link_local(),
        ),
    };
    match (is_own, is_private) {
        (true, _) => Audience::Computer,
        (_, true) => Audience::Network,
        _ => Audience::Everybody,
    }
}

fn of_name(host: &str) -> Audience {
    let host = host.to_ascii_lowercase();
    let ends_with = |end: &str| host.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    if ends_with("localhost") || host.is_empty() {
        Audience::Computer
    } else if !host.contains('.') || PRIVATE_ENDS.into_iter().any(ends_with) {
        Audience::Network
    } else {
        Audience::Everybody
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_for_everybody() {
        for link in [
            "https://example.org/#sheet?v=1",
            "http://localhost.example.org/",
            "https://user.github.io:8443/gradsheet/?x=http://localhost/#sheet",
            "http://8.8.8.8/",
            "http://172.32.0.1/",
            "http://192.167.1.1/",
            "http://[2001:4860:4860::8888]:8080/",
            "https://local.school.de/",
            "https://mylan.de",
        ] {
            assert_eq!(audience(link), Audience::Everybody, "{link}");
            assert_eq!(warning(link), None);
        }
    }

    #[test]
    fn addresses_of_this_computer_and_of_its_network_get_a_warning() {
        for link in [
            "http://127.0.0.1:8080/#sheet",
            "http://127.1.2.3/",
            "http://localhost:8080/",
            "http://LOCALHOST./",
            "http://app.localhost/",
            "http://[::1]:8080/",
            "http://[::ffff:7f00:1]/",
            "http://0.0.0.0:8080/",
            "file:///home/me/index.html",
            "blob:http://127.0.0.1/1",
            "",
        ] {
            assert_eq!(audience(link), Audience::Computer, "{link}");
        }
        for link in [
            "http://192.168.178.20:8080/",
            "http://10.0.0.5/",
            "http://172.16.0.1/",
            "http://169.254.1.1/",
            "http://100.64.0.1/",
            "http://[fe80::1]/",
            "http://[fd12:3456::1]/",
            "http://raspberrypi:8080/",
            "http://teacher.local/",
            "http://nas.fritz.box/",
            "http://printer.home.arpa/",
        ] {
            assert_eq!(audience(link), Audience::Network, "{link}");
            assert!(html(link).contains("your own network") && html(link).contains("public address"), "{link}");
        }
    }
}
