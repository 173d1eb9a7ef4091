import Foundation
import Reporting
import Testing

@Suite("Links of the report to files of its run")
struct ReportLinksTests {
    @Test(
        "every file that the page points to is there, whatever the names of maps and however few are written",
        arguments: [MapNaming.nimare, .bids, .sdm], [false, true])
    func exist(_ naming: MapNaming, isLean: Bool) throws {
        try Fixture.inTemporaryFolder { folder in
            var run = Fixture.run([Fixture.tested(Fixture.twoBlobs, permutations: 20)])
            run.naming = naming
            run.isLean = isLean
            var results = try ResultFolder(folder + "/out")
            results.naming = naming
            results.isLean = isLean
            _ = try results.write(run)
            let page = try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
            let files = page.matches(of: /href="(tested\/[^"]+)"/).map { String($0.output.1) }
            // Tables of clusters, peaks and studies, the null, and five maps or more.
            #expect(files.count >= 9, "\(files)")
            for file in files {
                #expect(FileManager.default.fileExists(atPath: "\(folder)/out/\(file)"), "\(file) is a dead link")
            }
        }
    }
}
