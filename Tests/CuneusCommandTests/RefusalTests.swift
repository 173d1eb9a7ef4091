import Testing

@Suite("Input that cannot be used")
struct RefusalTests {
    @Test("is refused by check and run with its place and reason, and nothing is written", arguments: BadInput.all)
    func refused(_ input: BadInput) throws {
        let scratch = try Scratch(input.files)
        try input.spoil(scratch)
        let check = try Command(["check", input.project] + input.options, in: scratch.path).wait()
        expectRefusal(check, told: check.output + check.complaint, input)
        let run = try Command(["run", input.project, "--out", "o"] + input.options + quick, in: scratch.path).wait()
        expectRefusal(run, told: run.complaint, input)
        #expect(run.output.isEmpty)
        #expect(scratch.files("o").isEmpty)
    }

    private func expectRefusal(_ outcome: Command.Outcome, told: String, _ input: BadInput) {
        // nil: ended by a signal, as a trap does.
        #expect(outcome.code == 2, "\(told)")
        // One notice must say it all, with its remedy on the next line.
        let errors = notices(told).filter { !$0.contains(" warning: ") || input.options.contains("--strict") }
        #expect(errors.contains { notice in input.told.allSatisfy(notice.contains) }, "\(told)")
        #expect(!told.contains("Fatal error"))
    }

    /// Lines with the indented lines that follow them.
    private func notices(_ text: String) -> [String] {
        text.split(separator: "\n").reduce(into: []) { notices, line in
            if line.hasPrefix(" "), !notices.isEmpty {
                notices[notices.count - 1] += "\n" + line
            } else {
                notices.append(String(line))
            }
        }
    }

    @Test(
        "a word on the command line that is not known is named, with the nearest that is",
        arguments: [
            (["--model", "rset"], ["rset", "rest"]), (["--set", "imputation=3"], ["imputation", "imputations"]),
            (["--set", "seed"], ["seed", "key=value"]),
            (["--set", "imputations=lots"], ["imputations", "lots", "10000"]),
            (["--set", "voxel_size=0"], ["voxel_size", "1 to 10"]), (["--set", "voxel_size=nan"], ["voxel_size"]),
            (["--set", "sampler=coppula"], ["sampler", "copula"]), (["--set", "mask=brian"], ["mask", "brain"]),
            (["--set", "seed=-1"], ["seed"]), (["--set", "threshold_column=t_tr"], ["t_tr"]),
            (["--set", "mask=nowhere/a.nii"], ["nowhere/a.nii", "No such file"]),
        ])
    func words(_ options: [String], _ told: [String]) throws {
        let scratch = try Scratch(nativeFiles)
        let outcome = try Command(["run", "p", "--out", "o"] + options, in: scratch.path).wait()
        #expect(outcome.code == 2)
        for word in told { #expect(outcome.complaint.contains(word), "\(outcome.complaint)") }
        #expect(scratch.files("o").isEmpty)
    }
}
