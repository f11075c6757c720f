//! A small server for the files in `dist/`, at 127.0.0.1.
//!
//! It has one thread for each connection, which is enough for a browser on the same machine. The crate tiny_http 0.12
//! sometimes lets a new connection wait until an old one closes, so that the page hangs while it loads.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Result, anyhow};

/// The longest head of a request, in bytes; no browser sends a longer one.
const LONGEST_HEAD: u64 = 64 * 1024;
/// The time after which a connection is closed if its client neither sends a request nor reads. Browsers open a new one
/// when they need it.
const PATIENCE: Duration = Duration::from_secs(60);

/// `Server` is a server that has its port, and may not yet answer requests.
pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Takes a port; 0 takes any free one.
    ///
    /// # Errors
    /// Fails when the port is in use or reserved.
    pub(crate) fn bind(port: u16) -> Result<Self> {
        let bound = TcpListener::bind(("127.0.0.1", port)).and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = bound.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => anyhow!(
                "Port {port} is in use: end the program that uses it, or choose another with `--port {}`.",
                other_port(port)
            ),
            io::ErrorKind::PermissionDenied => {
                anyhow!("Port {port} is reserved for the system: choose another with `--port 8080`.")
            }
            _ => anyhow!("Port {port} cannot be used ({error}): choose another with `--port`."),
        })?;
        Ok(Self { listener, address })
    }

    /// Returns the address of the page.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers requests in other threads until the process ends.
    pub(crate) fn serve(self, root: &Path) -> JoinHandle<()> {
        let root: Arc<Path> = root.into();
        thread::spawn(move || {
            for stream in self.listener.incoming().flatten() {
                let root = Arc::clone(&root);
                // The result is ignored: it is no error of the server if a client closes its connection early.
                thread::spawn(move || answer_requests(&stream, &root, PATIENCE));
            }
        })
    }
}

/// Proposes another port for the message about a port in use.
fn other_port(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(8080)
}

/// Answers the requests of one connection, one after the other.
///
/// # Errors
/// Fails when the client closes the connection, or neither sends a request nor reads for as long as `patience`.
fn answer_requests(stream: &TcpStream, root: &Path, patience: Duration) -> io::Result<()> {
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = (BufReader::new(stream), BufWriter::new(stream));
    while let Some(request) = Request::read(&mut reader)? {
        let keep = request.keep;
        answer(&request, root, &mut writer)?;
        writer.flush()?;
        if !keep {
            break;
        }
    }
    Ok(())
}

/// The parts of a request that the server reads.
#[derive(Debug, PartialEq)]
struct Request {
    method: String,
    target: String,
    /// The tag of the copy that the browser already has.
    known_tag: Option<String>,
    /// Whether the connection stays open for the next request.
    keep: bool,
}

impl Request {
    /// Reads the head of a request; `None` at the end of the connection, or when the bytes are not HTTP.
    fn read(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut reader = reader.take(LONGEST_HEAD);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut words = line.split_whitespace();
        let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next()) else {
            return Ok(None);
        };
        let mut request = Self {
            // The server reads no bodies, so a connection with any other method is closed.
            keep: version == "HTTP/1.1" && matches!(method, "GET" | "HEAD"),
            method: method.to_owned(),
            target: target.to_owned(),
            known_tag: None,
        };
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(None);
            }
            let line = line.trim_end();
            if line.is_empty() {
                return Ok(Some(request));
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            match (name.to_ascii_lowercase().as_str(), value.trim()) {
                ("if-none-match", tag) => request.known_tag = Some(tag.to_owned()),
                ("connection", value) if value.eq_ignore_ascii_case("close") => request.keep = false,
                _ => {}
            }
        }
    }
}

/// Answers one request with a file, or with a status.
fn answer(request: &Request, root: &Path, mut stream: impl Write) -> io::Result<()> {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return send_status(stream, "405 Method Not Allowed");
    }
    let Some(path) = local_path(&request.target) else { return send_status(stream, "404 Not Found") };
    let mut path = root.join(path);
    if path.is_dir() {
        path.push("index.html");
    }
    let (Ok(mut file), Ok(metadata)) = (File::open(&path), fs::metadata(&path)) else {
        return send_status(stream, "404 Not Found");
    };
    let tag = tag(&metadata);
    // A file without a hash in its name, such as that of a worker, may change. The browser must ask each time, and
    // mostly gets a short 304.
    let caching = format!("Cache-Control: no-cache\r\nETag: {tag}\r\n");
    if request.known_tag.as_ref() == Some(&tag) {
        return write!(stream, "HTTP/1.1 304 Not Modified\r\n{caching}\r\n");
    }
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\nX-Content-Type-Options: nosniff\r\n{caching}\r\n",
        content_type(&path),
        metadata.len()
    )?;
    if request.method == "GET" {
        io::copy(&mut file, &mut stream)?;
    }
    Ok(())
}

/// Sends an answer that only contains its status.
fn send_status(mut stream: impl Write, status: &str) -> io::Result<()> {
    write!(stream, "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{status}", status.len())
}

/// Makes a tag that changes when the file changes.
fn tag(metadata: &fs::Metadata) -> String {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("\"{:x}-{:x}\"", metadata.len(), modified.map_or(0, |time| time.as_nanos()))
}

/// Finds the file that a request asks for, relative to the root; `None` for a path that leaves the root or is hidden.
fn local_path(url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decode(path.strip_prefix('/')?)?;
    let allowed = |part: &str| !part.starts_with('.') && !part.contains(['\\', ':', '\0']);
    path.split('/').all(allowed).then(|| path.split('/').filter(|part| !part.is_empty()).collect())
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Returns the content type of a file, which follows from the ending of its name.
pub(crate) fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|kind| kind.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "gz" => "application/gzip",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_root() {
        assert_eq!(local_path("/"), Some(PathBuf::new()));
        assert_eq!(local_path("/assets/a%20b.js?v=1#x"), Some("assets/a b.js".into()));
        for outside in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/a/../../b", "/.build.json", "/a\\..\\b", "/%", "x"] {
            assert_eq!(local_path(outside), None, "{outside}");
        }
        assert_eq!(local_path("//etc/passwd"), Some("etc/passwd".into()));
    }

    #[test]
    fn the_content_type_follows_from_the_file_name() {
        assert_eq!(content_type(Path::new("a_bg.wasm")), "application/wasm");
        assert_eq!(content_type(Path::new("loader.js")), "text/javascript; charset=utf-8");
    }

    #[test]
    fn the_message_about_a_port_in_use_names_the_option() {
        let first = Server::bind(0).expect("a free port");
        let second = Server::bind(first.address.port());
        let message = second.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains("is in use") && message.contains("--port"), "{message}");
    }

    /// Sends a request and returns the whole answer.
    fn ask(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).expect("connect");
        write!(stream, "{request}\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("send");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("receive");
        answer
    }

    /// Starts a server for the folder of this crate.
    fn server() -> SocketAddr {
        let server = Server::bind(0).expect("a free port");
        let address = server.address;
        server.serve(&crate::project::root().join("xtask"));
        address
    }

    #[test]
    fn a_file_has_a_tag_and_is_not_sent_again_with_this_tag() {
        let address = server();
        let first = ask(address, "GET /Cargo.toml HTTP/1.1");
        assert!(first.starts_with("HTTP/1.1 200") && first.contains("name = \"xtask\""), "{first}");
        let tag = first.lines().find_map(|line| line.strip_prefix("ETag: ")).expect("an ETag");
        let second = ask(address, &format!("GET /Cargo.toml HTTP/1.1\r\nIf-None-Match: {tag}"));
        assert!(second.starts_with("HTTP/1.1 304"), "{second}");
        assert!(ask(address, "GET /missing HTTP/1.1").starts_with("HTTP/1.1 404"));
        assert!(ask(address, "POST /Cargo.toml HTTP/1.1").starts_with("HTTP/1.1 405"));
        let head = ask(address, "HEAD /Cargo.toml HTTP/1.1");
        assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    }

    #[test]
    fn a_connection_serves_many_requests_and_many_connections_stay_open() {
        let address = server();
        // Two browser windows keep up to twelve connections open. None may wait for another.
        let mut streams: Vec<_> = (0..12).map(|_| TcpStream::connect(address).expect("connect")).collect();
        for _ in 0..3 {
            for stream in &mut streams {
                write!(stream, "GET /missing HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("send");
                let mut answer = [0; 100];
                let count = stream.read(&mut answer).expect("receive");
                assert!(answer[..count].starts_with(b"HTTP/1.1 404 Not Found"));
            }
        }
    }

    #[test]
    fn a_client_that_reads_nothing_does_not_keep_its_thread() {
        let folder = std::env::temp_dir().join(format!("gradsheet-server-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        // The file is larger than the system's buffer for a connection. It is sparse, so it takes no space on the disk.
        File::create(folder.join("large")).and_then(|file| file.set_len(1 << 28)).expect("a large file");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let mut client = TcpStream::connect(listener.local_addr().expect("an address")).expect("connect");
        write!(client, "GET /large HTTP/1.1\r\n\r\n").expect("send");
        let (stream, _) = listener.accept().expect("a connection");
        let answered = answer_requests(&stream, &folder, Duration::from_millis(100));
        fs::remove_dir_all(&folder).expect("the folder can go");
        let error = answered.expect_err("the answer cannot be sent").kind();
        assert!(matches!(error, io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut), "{error}");
    }

    #[test]
    fn bytes_that_are_no_request_end_the_connection() {
        let read = |text: &str| Request::read(&mut text.as_bytes()).expect("readable");
        assert_eq!(read(""), None);
        assert_eq!(read("hello\r\n\r\n"), None);
        assert_eq!(read("GET / HTTP/1.1\r\nHost: a"), None);
        let request = read("GET /a HTTP/1.1\r\nif-none-match: \"1\"\r\n\r\n").expect("a request");
        assert_eq!((request.target.as_str(), request.known_tag.as_deref(), request.keep), ("/a", Some("\"1\""), true));
    }
}
