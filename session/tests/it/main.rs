//! The tests of `ami-session`: a connection in memory, on a clock that the test moves. What
//! programs see of it is tested with the clients.

mod queues;
mod steps;
mod world;
