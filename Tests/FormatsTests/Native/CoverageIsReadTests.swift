import Evidence
import Formats
import Foundation
import TestSupport
import Testing

@Suite("Where an experiment looked is read")
struct CoverageIsReadTests {
    private static func scratch(_ cell: String, search: String = "whole brain") throws -> Scratch {
        let scratch = try Scratch([
            "studies.tsv": """
            experiment\tn1\tt_thr\tcoverage\tsearch
            Able2001\t20\t3.58\t\twhole brain
            Baker2002\t28\t3.4\t\(cell)\t\(search)

            """,
            "peaks.tsv": """
            experiment\tx\ty\tz\tspace\tstat\tvalue
            Able2001\t-42\t26\t0\tmni\tt\t5.5
            Baker2002\t-44\t24\t4\tmni\tt\t4.5

            """,
        ])
        try scratch.write("seen/front.nii.gz", bytes: [1, 2, 3])
        return scratch
    }

    @Test("the column names an image from the project's folder, which is part of the input; empty is the whole brain")
    func read() throws {
        let scratch = try Self.scratch("seen/front.nii.gz")
        let project = try scratch.read()
        #expect(project.experiments[0].coverage == nil)
        #expect(project.experiments[1].coverage?.path == "\(scratch.path)/seen/front.nii.gz")
        #expect(project.experiments[1].coverage?.source.line == 3)
        #expect(project.inputFiles.contains("\(scratch.path)/seen/front.nii.gz"))
        #expect(project.covariateNames == ["search"])
    }

    @Test("a file that is not there, and one that is no image, are refused with file and line")
    func refused() throws {
        let missing = problem { try Self.scratch("seen/back.nii.gz").read() }
        #expect(missing.contains("studies.tsv:3") && missing.contains("there is no such file"))
        let scratch = try Self.scratch("seen/note.txt")
        try scratch.write("seen/note.txt", "front")
        #expect(problem { try scratch.read() }.contains("a NIfTI image was expected"))
    }

    @Test("an experiment of regions may be analysed by effects where it says which")
    func regions() throws {
        let bare = ProjectCheck.run(try Self.scratch("", search: "roi").read())
        #expect(bare.contains { $0.code == "search-roi" && $0.severity == .error })
        let told = ProjectCheck.run(try Self.scratch("seen/front.nii.gz", search: "roi").read())
        #expect(!told.contains { $0.code == "search-roi" })
    }

    @Test("a project that is written anew has the image with it")
    func written() throws {
        let scratch = try Self.scratch("seen/front.nii.gz")
        let target = "\(scratch.path)/new"
        _ = try ProjectWriter.write(try scratch.read(), as: .native, to: target)
        let again = try ProjectReader.read(target)
        #expect(again.experiments[1].coverage?.path == "\(target)/coverage/Baker2002.nii.gz")
        #expect(FileManager.default.contents(atPath: "\(target)/coverage/Baker2002.nii.gz") == Data([1, 2, 3]))
    }
}
