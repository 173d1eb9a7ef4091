import Testing

@Suite("What the command says of itself")
struct HelpTests {
    @Test(
        "the help of every subcommand is as recorded",
        arguments: [
            "", "run", "check", "plan", "figure", "report", "convert", "extract", "prepare", "permute", "merge",
            "settings",
            "pool", "study", "claims", "slurm",
        ])
    func help(_ subcommand: String) throws {
        let outcome = try subcommand.isEmpty ? cuneus("--help") : cuneus(subcommand, "--help")
        #expect(outcome.code == 0)
        #expect(outcome.complaint.isEmpty)
        try expectSnapshot(outcome.output, subcommand.isEmpty ? "help" : "help-\(subcommand)")
    }

    @Test("--version prints a version number")
    func version() throws {
        let outcome = try cuneus("--version")
        #expect(outcome.code == 0)
        #expect(outcome.output.wholeMatch(of: /\d+\.\d+\.\d+[-.a-z0-9]*\n/) != nil, "\(outcome.output)")
    }

    @Test("settings lists every key with default, unit and meaning", arguments: [[], ["--tsv"]])
    func settings(_ options: [String]) throws {
        let outcome = try Command(["settings"] + options, in: "/").wait()
        #expect(outcome.code == 0)
        try expectSnapshot(outcome.output, options.isEmpty ? "settings" : "settings-tsv")
    }

    @Test("settings --tsv has five filled columns in every row")
    func settingsTable() throws {
        let rows = try cuneus("settings", "--tsv").output.split(separator: "\n")
        #expect(rows.first == "key\tdefault\tunit\tallowed\tmeaning")
        #expect(rows.count > 15)
        for row in rows {
            let cells = row.split(separator: "\t", omittingEmptySubsequences: false)
            #expect(cells.count == 5 && cells.allSatisfy { !$0.isEmpty }, "\(row)")
        }
    }

    @Test(
        "wrong usage ends with 64 and shows the usage",
        arguments: [
            ["rum"], ["run"], ["run", "p", "--threads", "0"], ["run", "p", "--threads", "many"],
            ["check", "p", "--nope"],
            ["convert", "p", "--to", "excel", "--out", "o"], ["run", "p", "--sign", "up"],
            ["run", "p", "--space", "moon"], ["report"], ["report", "p"], ["report", "p", "q", "--tables"],
            ["report", "p", "--tables", "--out", "x"],
        ])
    func usage(_ arguments: [String]) throws {
        let outcome = try Command(arguments, in: "/").wait()
        #expect(outcome.code == 64)
        #expect(outcome.complaint.contains("sage: cuneus") || outcome.complaint.contains("USAGE: cuneus"))
    }
}
