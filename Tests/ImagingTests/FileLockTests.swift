import Foundation
import Imaging
import Testing

@Suite("Files that appear whole, and places that belong to one process")
struct FileLockTests {
    private func isTaken(_ lock: () throws -> FileLock) -> Bool {
        do {
            _ = try lock()
            return false
        } catch FileLock.Problem.taken {
            return true
        } catch {
            return false
        }
    }

    @Test("a folder is locked until the lock goes, which takes its file along")
    func folder() throws {
        let folder = try TemporaryFolder()
        do {
            let lock = try FileLock.folder(folder.path)
            #expect(isTaken { try FileLock.folder(folder.path) })
            #expect(folder.names == [".cuneus.lock"])
            withExtendedLifetime(lock) {}
        }
        #expect(folder.names.isEmpty)
        #expect(!isTaken { try FileLock.folder(folder.path) })
    }

    @Test("a lock file that a killed process left behind locks nothing")
    func stale() throws {
        let folder = try TemporaryFolder()
        try folder.add(".cuneus.lock", Array("4711\n".utf8))
        #expect(!isTaken { try FileLock.folder(folder.path) })
        #expect(folder.names.isEmpty)
    }

    @Test("two files of one folder are locked each for itself")
    func files() throws {
        let folder = try TemporaryFolder()
        let first = try FileLock.file(folder.path + "/a.tsv")
        let second = try FileLock.file(folder.path + "/b.tsv")
        #expect(isTaken { try FileLock.file(folder.path + "/a.tsv") })
        withExtendedLifetime((first, second)) {}
    }

    @Test("where nothing can be written the reason and what to do are told")
    func unwritable() throws {
        let error = #expect(throws: FileLock.Problem.self) { try FileLock.folder("/nowhere/at/all") }
        guard case .failed(let failure) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure.reason == "No such file or directory" && failure.remedy.contains("path"))
    }

    @Test(
        "names of files that are not whole yet are known from names of people",
        arguments: [
            (".run.json.4711.42.tmp", true), (".a.1.2.tmp", true), ("run.json.4711.42.tmp", false), (".a.tmp", false),
            (".a.b.2.tmp", false), (".a.1.2.tmp~", false), (".cuneus.lock", false), (".tmp", false), ("", false),
        ])
    func temporaryNames(_ name: String, _ expected: Bool) { #expect(AtomicFile.isTemporary(name) == expected) }

    @Test("bytes are added at the end, and a file that is not there is not made")
    func append() throws {
        let folder = try TemporaryFolder()
        let path = try folder.add("a", [1, 2])
        try AtomicFile.append([3], to: path)
        #expect(try folder.bytes("a") == [1, 2, 3])
        #expect(throws: AtomicFile.Failure.self) { try AtomicFile.append([1], to: folder.path + "/b") }
        #expect(folder.names == ["a"])
    }
}
