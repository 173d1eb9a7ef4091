import Evidence
import Formats
import Imaging
import TestSupport
import Testing

@Suite("Images are taken by every ending")
struct MapEndingsTests {
    private static let sets = [
        ["A_t.nii"], ["A_t.nii.gz"], ["A_t.NII"], ["A_t.Nii.Gz"], ["A_t.hdr", "A_t.img"], ["A_t.HDR", "A_t.IMG"],
        ["A_t.hdr.gz", "A_t.img.gz"], ["A_t.hdr", "A_t.img.gz"],
    ]

    private func path(_ project: Project) -> String? {
        guard case .map(let map) = project.experiments.first?.report else { return nil }
        return map.path
    }

    @Test("in maps/, with nothing left over, and when the project is written again", arguments: sets)
    func native(_ names: [String]) throws {
        let scratch = try Scratch(["studies.tsv": "experiment\tn1\nA\t20\n"])
        for name in names { try scratch.write("maps/\(name)", "") }
        let project = try scratch.read()
        #expect(path(project) == "\(scratch.path)/maps/\(names[0])")
        #expect(!project.notices.contains { $0.code == "map-unused" })
        for name in names { #expect(project.inputFiles.contains("\(scratch.path)/maps/\(name)")) }
        try ProjectWriter.write(project, as: .native, to: "\(scratch.path)/out")
        let again = try scratch.read("out")
        #expect(again.inputFiles.count { $0.contains("/maps/") } == names.count)
        #expect(!again.notices.contains { $0.code == "map-unused" })
    }

    @Test("in SDM folders", arguments: sets)
    func sdm(_ names: [String]) throws {
        let scratch = try Scratch(["sdm_table.txt": "study\tn1\nA_t\t20\n"])
        for name in names { try scratch.write(name, "") }
        #expect(path(try scratch.read()) == "\(scratch.path)/\(names[0])")
    }

    @Test("every other file in maps/ is told, unless it is hidden or describes a map")
    func unused() throws {
        let scratch = try Scratch(["studies.tsv": "experiment\tn1\nA\t20\n"])
        let stray = ["B_t.HDR", "B_t.IMG", "A.mgz", "notes.txt", "B.json"]
        for name in ["A.nii", "A.json", ".DS_Store"] + stray { try scratch.write("maps/\(name)", "") }
        let told = try scratch.read().notices.filter { $0.code == "map-unused" }
        #expect(Set(told.compactMap(\.location?.file)) == Set(stray.map { "\(scratch.path)/maps/\($0)" }))
    }

    @Test("two images of an experiment are refused, whatever their endings")
    func several() throws {
        let scratch = try Scratch(["studies.tsv": "experiment\tn1\nA\t20\n"])
        for name in ["A_t.NII", "A_t.hdr", "A_t.img"] { try scratch.write("maps/\(name)", "") }
        #expect(problem { try scratch.read() }.contains("several maps: A_t.NII, A_t.hdr"))
    }

    @Test("names of images, and of what is none")
    func names() {
        #expect(ImageFileName("a/b.c.nii.gz")?.stem == "a/b.c")
        #expect(ImageFileName("A.IMG")?.partners.first == "A.HDR")
        for other in ["a.gz", "nii", ".nii", "a.nii.txt", "a.mgz", "a"] { #expect(ImageFileName(other) == nil) }
    }
}
