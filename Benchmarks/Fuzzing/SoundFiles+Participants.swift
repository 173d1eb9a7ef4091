import Evidence

/// Sound tables and images of the people of one study.
extension SoundFiles {
    private static let people: [(String, String, Int, String, Double, Double)] = [
        ("sub-01", "therapy", 30, "F", 20, 10), ("sub-02", "therapy", 41, "M", 22, 15),
        ("sub-03", "therapy", 25, "F", 18, 17.5), ("sub-04", "waitlist", 37, "M", 21, 20),
        ("sub-05", "waitlist", 29, "M", 19, 21), ("sub-06", "waitlist", 33, "F", 24, 22),
        ("sub-07", "therapy", 52, "F", 27, 12), ("sub-08", "waitlist", 46, "M", 23, 26),
    ]

    private static func table(_ separator: String, _ end: String, _ number: (Double) -> String) -> String {
        let head = ["participant_id", "session_id", "image", "group", "age", "sex", "hamd", "amygdala"]
        let rows = people.enumerated().flatMap { n, person in
            [("pre", person.4), ("post", person.5)].map { session, score in
                [
                    person.0, session, "\(person.0)_\(session).nii", person.1, "\(person.2)", person.3, number(score),
                    number(0.25 + score / 64 + Double(n % 3) / 16),
                ]
            }
        }
        return ([head] + rows).map { $0.joined(separator: separator) + end }.joined()
    }

    private static let plain = table("\t", "\n") { "\($0)" }

    static let participants = bytes(["participants.tsv": plain])

    /// Byte-order mark, semicolons, decimal commas, quotes, a line of separators.
    static let participantsSaved = bytes([
        "participants.tsv": "\u{FEFF}sep=;\r\n"
            + table(";", ";\r\n") { "\"\("\($0)".replacing(".", with: ","))\"" } + ";;;;;;;;\r\n"
    ])

    /// The table, and what options of the command say of it.
    static let asked = bytes([
        "participants.tsv": plain, "formula": "y ~ group * session + age + (1|subject)",
        "paired": "session=pre,post", "groups": "group=therapy,waitlist", "covariates": "age, change:hamd",
    ])

    static let derivatives: [String: [UInt8]] = {
        var files = [
            "participants.tsv": "participant_id\tgroup\tage\tsex\n"
                + people.map { "\($0.0)\t\($0.1)\t\($0.2)\t\($0.3)\n" }.joined()
        ]
        for person in people {
            files["\(person.0)/\(person.0)_sessions.tsv"] =
                "session_id\thamd\nses-pre\t\(person.4)\nses-post\t\(person.5)\n"
            for session in ["pre", "post"] {
                // Found by its name; not opened.
                files["\(person.0)/\(person.0)_ses-\(session)_stat-effect_statmap.nii.gz"] = ""
            }
        }
        return bytes(files)
    }()

    /// Six people with an image each, one of them an ANALYZE pair.
    static let pictured: [String: [UInt8]] = {
        let names = (1...6).map { $0 == 5 ? "a5.hdr" : "a\($0).nii" }
        let rows = names.enumerated().map { "sub-0\($0 + 1)\t\($1)\n" }.joined()
        var files = bytes(["participants.tsv": "participant_id\timage\n" + rows])
        for name in names { files[name] = SoundImages.files["map.nii"] }
        files["a5.hdr"] = SoundImages.files["pair.hdr"]
        files["a5.img"] = SoundImages.files["pair.img"]
        files["mask.nii"] = SoundImages.files["mask.nii"]
        return files
    }()
}
