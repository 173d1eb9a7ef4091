import Imaging
import Testing

@Suite("NIfTI reading is safe against hostile files")
struct NIfTISafetyTests {
    private func error(_ bytes: [UInt8], limits: NIfTILimits = NIfTILimits()) throws -> NIfTIError? {
        let folder = try TemporaryFolder()
        let path = try folder.add("a.nii.gz", bytes)
        return #expect(throws: NIfTIError.self) { try NIfTIImage(contentsOf: path, limits: limits) }
    }

    private var sound: NIfTIFixture {
        var fixture = NIfTIFixture()
        fixture.setVoxels((0..<24).map { Float($0) })
        return fixture
    }

    @Test("a bomb, gzip that holds far more than its header declares, is refused")
    func bomb() throws {
        var bytes = sound.file
        bytes += [UInt8](repeating: 0, count: 64 << 20)
        let error = try error(Gzip.compress(bytes))
        #expect(error?.field == "dim")
        #expect(error?.found.contains("more than") == true)
    }

    @Test("a bomb spread over many members is refused")
    func bombInMembers() throws {
        let zeros = Gzip.compress([UInt8](repeating: 0, count: 1 << 20))
        let error = try error(Gzip.compress(sound.file) + (0..<100).flatMap { _ in zeros })
        #expect(error?.field == "dim")
    }

    @Test("a header that declares more than so small a gzip file can hold is refused")
    func impossibleRatio() throws {
        var fixture = sound
        fixture.dim = [3, 500, 500, 500, 1, 1, 1, 1]
        let error = try error(Gzip.compress(fixture.file))
        #expect(error?.found.contains("at most") == true)
    }

    /// 4.4 MB of gzip that would take 4.8 GB: a byte a voxel in the file, four more in memory.
    @Test("a volume of more voxels than any brain needs is refused by its header, before memory is taken")
    func hugeVolume() throws {
        var fixture = NIfTIFixture()
        fixture.dim = [3, 1200, 1200, 700, 1, 1, 1, 1]
        fixture.datatype = 2
        // Only the header is there: who took memory first would complain of missing bytes.
        let error = try error(Gzip.compress(fixture.file))
        #expect(error?.field == "dim[3]")
        #expect(error?.expected.contains("134217728 voxels") == true)
    }

    @Test("an image above the caller's limit is refused, one at the limit is read")
    func limit() throws {
        let folder = try TemporaryFolder()
        let path = try folder.add("a.nii", sound.file)
        let error = #expect(throws: NIfTIError.self) {
            try NIfTIImage(contentsOf: path, limits: NIfTILimits(maximumBytes: 95))
        }
        #expect(error?.field == "dim[3]")
        #expect(throws: Never.self) { try NIfTIImage(contentsOf: path, limits: NIfTILimits(maximumBytes: 448)) }
    }

    @Test("a gzip trailer that lies about the size changes the outcome to an error, never to memory")
    func lyingSize() throws {
        for lie in [[0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [1, 0, 0, 0]] as [[UInt8]] {
            let bytes = Gzip.compress(sound.file)
            #expect(try error(bytes.dropLast(4) + lie)?.found.contains("damaged") == true)
        }
    }

    @Test("a gzip file cut anywhere is refused")
    func truncatedGzip() throws {
        let bytes = Gzip.compress(sound.file)
        let folder = try TemporaryFolder()
        for length in 0..<bytes.count {
            let path = try folder.add("a.nii.gz", Array(bytes[..<length]))
            #expect(throws: NIfTIError.self, "\(length) bytes") { try NIfTIImage(contentsOf: path) }
        }
    }

    @Test("a plain file cut anywhere is refused")
    func truncatedPlain() throws {
        let bytes = sound.file
        let folder = try TemporaryFolder()
        for length in 0..<bytes.count {
            let path = try folder.add("a.nii", Array(bytes[..<length]))
            #expect(throws: NIfTIError.self, "\(length) bytes") { try NIfTIImage(contentsOf: path) }
        }
    }

    @Test("any byte changed to anything: an error or an image within the limits, never a crash", arguments: [1, 2])
    func mutated(version: Int) throws {
        var fixture = NIfTIFixture(version: version, qformCode: 1)
        fixture.setVoxels((0..<24).map { Float($0) })
        let bytes = fixture.file
        let packed = Gzip.compress(bytes)
        let folder = try TemporaryFolder()
        let limits = NIfTILimits(maximumBytes: 1 << 20)
        var (read, refused) = (0, 0)
        func attempt(_ bytes: [UInt8], _ name: String) throws {
            let path = try folder.add(name, bytes)
            do {
                let image = try NIfTIImage(contentsOf: path, limits: limits)
                #expect(image.grid.count * image.count <= 1 << 20)
                for n in 0..<min(image.count, 3) { _ = image.volume(n) }
                read += 1
            } catch {
                refused += 1
            }
        }
        for position in 0..<bytes.count {
            for value in [0x00, 0x01, 0x7f, 0x80, 0xff, bytes[position] ^ 0x10] as [UInt8] {
                var changed = bytes
                changed[position] = value
                try attempt(changed, "a.nii")
            }
        }
        for position in 0..<packed.count {
            for bit in 0..<8 {
                var changed = packed
                changed[position] ^= 1 << UInt8(bit)
                try attempt(changed, "a.nii.gz")
            }
        }
        #expect(read > 100 && refused > 100)
    }
}
