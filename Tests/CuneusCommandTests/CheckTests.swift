import Foundation
import Imaging
import Testing

@Suite("cuneus check")
struct CheckTests {
    /// Ten times the projects' first experiment, each a little elsewhere: nothing to remark.
    private func cleanProject() throws -> Scratch {
        var studies = "experiment\tn1\tt_thr\n"
        var peaks = "experiment\tx\ty\tz\tspace\tstat\tvalue\n"
        for n in 1...17 {
            studies += "S\(n)\t20\t3.58\n"
            peaks += "S\(n)\t\(-30 - n)\t\(10 + n)\t4\tmni\tt\t\(4 + 0.1 * Double(n))\n"
        }
        return try Scratch(["p/cuneus.yaml": "name: clean\n", "p/studies.tsv": studies, "p/peaks.tsv": peaks])
    }

    @Test("finds nothing in a clean project: exit code 0, with --strict too", arguments: [[], ["--strict"]])
    func clean(_ options: [String]) throws {
        let scratch = try cleanProject()
        let outcome = try Command(["check", "p"] + options, in: scratch.path).wait()
        #expect(outcome.code == 0)
        #expect(outcome.output == "no errors, no warnings, no notes\n")
        #expect(outcome.complaint.isEmpty)
    }

    @Test("lists warnings and ends with 0; with --strict they are errors, and it ends with 2")
    func strict() throws {
        let scratch = try Scratch(nativeFiles)
        let lenient = try cuneus("check", "p", in: scratch.path)
        #expect(lenient.code == 0)
        #expect(lenient.output.contains("p/cuneus.yaml:6:3: warning: "))
        #expect(lenient.output.contains("no errors, 2 warnings, 2 notes"))
        let strict = try cuneus("check", "p", "--strict", in: scratch.path)
        #expect(strict.code == 2)
        #expect(strict.output.contains("p/cuneus.yaml:6:3: error: "))
        #expect(strict.output.contains("2 errors, no warnings, 2 notes"))
    }

    @Test("--json can be decoded, and says what the text says")
    func json() throws {
        struct Report: Decodable {
            struct Notice: Decodable {
                struct Location: Decodable { var file: String, line: Int?, column: Int? }
                var severity: String, code: String, message: String, remedy: String?, location: Location?
            }
            var errors: Int, warnings: Int, notes: Int, notices: [Notice]
        }
        let scratch = try Scratch(nativeFiles)
        try scratch.edit("p/studies.tsv", "Able2001\t20", "Able2001\t")
        let outcome = try cuneus("check", "p", "--json", in: scratch.path)
        #expect(outcome.code == 2)
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        #expect(report.errors == report.notices.count { $0.severity == "error" })
        let missing = try #require(report.notices.first { $0.code == "n-missing" })
        #expect(missing.location?.file == "p/studies.tsv" && missing.location?.line == 2)
        #expect(missing.remedy?.isEmpty == false)
        let text = try cuneus("check", "p", in: scratch.path).output
        for notice in report.notices { #expect(text.contains(notice.message)) }
    }

    @Test("opens the files of a plan wherever the command is called")
    func anywhere() throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.writeMask("p/masks/box.nii.gz", voxelSize: 8)
        try scratch.edit("p/cuneus.yaml", "question: Anything?", "mask: masks/box.nii.gz")
        #expect(try cuneus("check", "\(scratch.path)/p").code == 0)
        #expect(try cuneus("check", ".", in: "\(scratch.path)/p").code == 0)
        #expect(try cuneus("check", "p/cuneus.yaml", in: scratch.path).code == 0)
    }

    @Test("looks at the image that says where an experiment looked, and at masks of regions, before a run does")
    func places() throws {
        let scratch = try Scratch(nativeFiles)
        try scratch.writeMask("p/box.nii.gz", voxelSize: 8)
        try scratch.edit("p/studies.tsv", "report\ttask\n", "report\ttask\tcoverage\n")
        try scratch.edit("p/studies.tsv", "peaks\trest\nBaker", "peaks\trest\tbox.nii.gz\nBaker")
        #expect(try cuneus("check", "p", in: scratch.path).code == 0)
        try scratch.write("p/box.nii.gz", "no image")
        let outcome = try cuneus("check", "p", in: scratch.path)
        #expect(outcome.code == 2 && outcome.output.contains("p/box.nii.gz: error: "), "\(outcome.output)")
    }

    @Test("reads the claims beside the tables: all errors with their lines, else what their author must know")
    func claims() throws {
        let scratch = try Scratch(nativeFiles)
        let ledger = """
            all_studies: {outcome: activity}
            claims:
              - name: a
                sentence: The amygdala calms.
                said_by: {who: P}
                region: {name: left amygdala, sphere: [22, -4, -18], radius: 8}
                direction: decrease

            """
        try scratch.write("p/claims.yaml", ledger)
        let swapped = try cuneus("check", "p", in: scratch.path)
        #expect(swapped.code == 0 && swapped.output.contains("p/claims.yaml:6:13: warning: "), "\(swapped.output)")
        try scratch.write("p/claims.yaml", ledger.replacing("direction: decrease", with: "direction: down"))
        let wrong = try cuneus("check", "p", in: scratch.path)
        #expect(wrong.code == 2 && wrong.output.contains("p/claims.yaml:7:16: error: "), "\(wrong.output)")
    }
}
