// Every action with every field set, written and read back.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

/// Hands each action's name and bytes to `sink`, having read every field back.
pub(crate) fn every_action(sink: &mut dyn FnMut(&str, &[u8])) {
    {
        let action = Everything::new("PJSIP/100-00000001", -3, ("k", "a,b"), Duration::from_secs(30))
            .again("some text")
            .secret("some text")
            .line(0, 3)
            .unit(0, 3)
            .codecs(["ulaw", "a,b"]);
        let bytes = encoded(&action);
        sink("2Everything", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Everything::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "2Everything");
        assert_eq!(wire(&view.channel().unwrap()), "PJSIP/100-00000001");
        assert_eq!(wire(&view.two_words().unwrap()), "-3");
        assert_eq!(wire(&view.variable().next().unwrap().unwrap()), "k=a\\,b");
        assert_eq!(view.timeout().unwrap(), Duration::from_secs(30));
        assert_eq!(wire(&view.again().next().unwrap().unwrap()), "some text");
        assert_eq!(wire(&view.secret().unwrap()), "some text");
        assert_eq!(wire(&view.line().at(&[0]).unwrap()), "3");
        assert_eq!(wire(&view.unit().at(&[0]).unwrap()), "3");
        assert_eq!(wire(&view.codecs().unwrap()), "ulaw,a\\,b");
    }
    {
        let action = Command::new();
        let bytes = encoded(&action);
        sink("Command", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Command::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "Command");
    }
    {
        let action = Queues::new();
        let bytes = encoded(&action);
        sink("Queues", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Queues::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "Queues");
    }
    {
        let action = Many::new("some text", Duration::from_secs(30), 3, 3);
        let bytes = encoded(&action);
        sink("Many", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Many::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "Many");
        assert_eq!(wire(&view.first_parameter().unwrap()), "some text");
        assert_eq!(view.second_parameter().unwrap(), Duration::from_secs(30));
        assert_eq!(wire(&view.third_parameter().unwrap()), "3");
        assert_eq!(wire(&view.fourth_parameter().unwrap()), "3");
    }
    {
        let action = Nothing::new();
        let bytes = encoded(&action);
        sink("Nothing", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Nothing::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "Nothing");
    }
    {
        let action = Glued::new();
        let bytes = encoded(&action);
        sink("Glued", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Glued::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "Glued");
    }
    {
        let action = Place::new()
            .timeout(Duration::from_secs(30))
            .later(true)
            .text("some text")
            .cause(value::HangupCause::NORMAL_CLEARING)
            .set("k", "a,b");
        let bytes = encoded(&action);
        sink("Place", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Place::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "Place");
        assert_eq!(view.timeout().unwrap(), Duration::from_secs(30));
        assert_eq!(wire(&view.later().unwrap()), "yes");
        assert_eq!(wire(&view.text().unwrap()), "some text");
        assert_eq!(wire(&view.cause().unwrap()), "16");
        assert_eq!(wire(&view.set().next().unwrap().unwrap()), "k=a\\,b");
    }
    {
        let action = Guarded::new("word").file("word").set(0, "word").pattern("some text");
        let bytes = encoded(&action);
        sink("Guarded", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Guarded::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "Guarded");
        assert_eq!(wire(&view.name().unwrap()), "word");
        assert_eq!(wire(&view.file().unwrap()), "word");
        assert_eq!(wire(&view.set().at(&[0]).unwrap()), "word");
        assert_eq!(wire(&view.pattern().unwrap()), "some text");
    }
    {
        let action = Wait::new(-3);
        let bytes = encoded(&action);
        sink("Wait", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Wait::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "Wait");
        assert_eq!(wire(&view.timeout().unwrap()), "-3");
    }
    {
        let action = Choose::new("some text");
        let bytes = encoded(&action);
        sink("Choose", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Choose::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "Choose");
        assert_eq!(wire(&view.mask().unwrap()), "some text");
    }
    {
        let action = Add::new("some text");
        let bytes = encoded(&action);
        sink("Add", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Add::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "Add");
        assert_eq!(wire(&view.filter().unwrap()), "some text");
    }
    {
        let action = Sesame::new("some text");
        let bytes = encoded(&action);
        sink("Sesame", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Sesame::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "Sesame");
        assert_eq!(wire(&view.word().unwrap()), "some text");
        assert_eq!(wire(&view.how().unwrap()), "MD5");
    }
    {
        let action = Farewell::new();
        let bytes = encoded(&action);
        sink("Farewell", &bytes);
        let mut decoder = decoder(&bytes);
        let view = request::Farewell::view(frame(&mut decoder)).expect("its name");
        assert_eq!(view.frame().name().unwrap(), "Farewell");
    }
}
