//! draft
use ami_proto::{Decoder, Limits};
use std::time::Instant;

fn decode(data: &[u8], chunk: usize) -> (usize, usize) {
    let mut d = Decoder::new(Limits::new());
    let (mut f, mut h) = (0, 0);
    for c in data.chunks(chunk) {
        d.push(c);
        while let Some(fr) = d.next_frame().unwrap() {
            f += 1;
            h += fr.headers_count();
        }
    }
    (f, h)
}
fn http(data: &[u8]) -> (usize, usize) {
    let mut at = 0;
    let f = memchr::memmem::Finder::new(b"\r\n\r\n");
    let (mut n, mut h) = (0, 0);
    let mut hs = [httparse::EMPTY_HEADER; 128];
    while let Some(e) = f.find(&data[at..]) {
        let b = &data[at..at + e + 4];
        if let Ok(httparse::Status::Complete((_, x))) = httparse::parse_headers(b, &mut hs) {
            h += x.len();
            n += 1;
        }
        at += e + 4;
    }
    (n, h)
}
fn main() {
    let data = std::fs::read("/work/shared/captures/22/storm/server.bin").unwrap();
    let data = &data[..];
    for _ in 0..5 {
        for c in [data.len(), 8192, 1460, 64, 1] {
            let t = Instant::now();
            let r = decode(data, c);
            let e = t.elapsed();
            println!("{c:8} {r:?} {:.0} MB/s", data.len() as f64 / 1e6 / e.as_secs_f64());
        }
        let t = Instant::now();
        let r = http(data);
        let e = t.elapsed();
        println!("httparse {r:?} {:.0} MB/s", data.len() as f64 / 1e6 / e.as_secs_f64());
    }
    let mut big = b"Event: X\r\n".to_vec();
    while big.len() < (1 << 20) {
        big.extend(b"Header: some value here\r\n");
    }
    big.extend(b"\r\n");
    let mut lim = Limits::new();
    lim = lim.headers(1 << 20);
    for _ in 0..3 {
        for c in [big.len(), 8192, 64, 1] {
            let mut best = f64::MAX;
            for _ in 0..10 {
                let t = Instant::now();
                let mut d = Decoder::new(lim);
                let mut n = 0;
                for c in big.chunks(c) {
                    d.push(c);
                    while let Some(_) = d.next_frame().unwrap() {
                        n += 1;
                    }
                }
                assert_eq!(n, 1);
                best = best.min(t.elapsed().as_secs_f64());
            }
            println!("big {c} {:.3} ns/B", best * 1e9 / big.len() as f64);
        }
    }
}
