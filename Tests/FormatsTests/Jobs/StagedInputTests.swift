import Formats
import Foundation
import TestSupport
import Testing

@Suite("Input staged for many machines")
struct StagedInputTests {
    @Test("files keep their places to each other, and the project's folder its name")
    func places() throws {
        let scratch = try Scratch(["in/p/studies.tsv": "a\n", "in/p/maps/t.nii": "b\n", "in/maps/u.nii": "c\n"])
        let input = try StagedInput(
            ["in/p/studies.tsv", "in/p/maps/t.nii", "in/maps/u.nii"].map { "\(scratch.path)/\($0)" })
        #expect(input.files.map(\.name) == ["in/maps/u.nii", "in/p/maps/t.nii", "in/p/studies.tsv"])
        try input.copy(into: "\(scratch.path)/w")
        #expect(FileManager.default.contents(atPath: "\(scratch.path)/w/input/in/p/maps/t.nii") == Data("b\n".utf8))
        #expect(input.place(of: "\(scratch.path)/in/p", in: "/w") == "/w/input/in/p")
        #expect(input.place(of: "\(scratch.path)/in/p/maps/../studies.tsv", in: "/w") == "/w/input/in/p/studies.tsv")
        #expect(input.place(of: "\(scratch.path)/elsewhere", in: "/w") == nil)
        #expect(input.place(of: scratch.path, in: "/w") == nil)
    }

    @Test("the folder that files are seen from has a place from which they are seen alike")
    func seenFrom() throws {
        let scratch = try Scratch(["data/p/a.tsv": "1\n", "here/notes": ""])
        let input = try StagedInput(["\(scratch.path)/data/p/a.tsv"], seenFrom: "\(scratch.path)/here")
        let place = input.counterpart(of: "\(scratch.path)/here", in: "/w")
        let file = try #require(input.place(of: "\(scratch.path)/data/p/a.tsv", in: "/w"))
        #expect(StagedInput.absolute("\(place)/../data/p/a.tsv") == file)
    }

    @Test("the list of hashes is one that sha256sum checks, and changes with any content and any name")
    func checksums() throws {
        let scratch = try Scratch(["p/a b.tsv": "1\n", "p/back\\slash": "2\n"])
        let paths = ["p/a b.tsv", "p/back\\slash"].map { "\(scratch.path)/\($0)" }
        let input = try StagedInput(paths)
        try input.copy(into: "\(scratch.path)/w")
        try scratch.write("w/input.sha256", input.checksums)
        func check() throws -> Int32 {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.currentDirectoryURL = URL(fileURLWithPath: "\(scratch.path)/w")
            process.arguments = ["-c", "sha256sum --check --quiet --strict input.sha256 2>/dev/null"]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus
        }
        #expect(try check() == 0)
        try scratch.write("w/input/p/back\\slash", "3\n")
        #expect(try check() == 1)
        try scratch.write("p/a b.tsv", "4\n")
        #expect(try StagedInput(paths).sha256 != input.sha256)
        #expect(try StagedInput([paths[1]]).sha256 != input.sha256)
    }

    @Test("a file that changes between hashing and copying, and one that is not there, are refused")
    func refusals() throws {
        let scratch = try Scratch(["p/a.tsv": "1\n"])
        let input = try StagedInput(["\(scratch.path)/p/a.tsv"])
        try scratch.write("p/a.tsv", "2\n")
        #expect(throws: OutputError.self) { try input.copy(into: "\(scratch.path)/w") }
        #expect(throws: OutputError.self) { try StagedInput(["\(scratch.path)/p/no.tsv"]) }
    }
}
