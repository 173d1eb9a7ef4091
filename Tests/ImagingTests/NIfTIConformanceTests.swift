import Imaging
import Testing

/// One suite for everything the reader accepts: versions × byte orders × containers × datatypes.
@Suite("NIfTI images of every kind read the same")
struct NIfTIConformanceTests {
    /// How the bytes lie on disk.
    enum Container: String, CaseIterable {
        case single, gzip, twoMembers, manyMembers, headerOfPair, imageOfPair, gzipPair, plainHeaderGzipImage,
            capitalPair

        var isPair: Bool {
            [.headerOfPair, .imageOfPair, .gzipPair, .plainHeaderGzipImage, .capitalPair].contains(self)
        }

        /// Writes the fixture and returns the path to open.
        func write(_ fixture: NIfTIFixture, to folder: TemporaryFolder) throws -> String {
            let file = fixture.file
            switch self {
            case .single: return try folder.add("a.nii", file)
            case .gzip: return try folder.add("a.nii.gz", Gzip.compress(file))
            case .twoMembers:
                return try folder.add(
                    "a.nii.gz", Gzip.compress(Array(file[..<200])) + Gzip.compress(Array(file[200...])))
            case .manyMembers:
                let members = stride(from: 0, to: file.count, by: 7).flatMap {
                    Gzip.compress(Array(file[$0..<min($0 + 7, file.count)]))
                }
                return try folder.add("a.nii.gz", members + [0, 0, 0])
            case .headerOfPair, .imageOfPair:
                let header = try folder.add("a.hdr", fixture.header)
                let image = try folder.add("a.img", fixture.voxels)
                return self == .headerOfPair ? header : image
            case .gzipPair:
                try folder.add("a.img.gz", Gzip.compress(fixture.voxels))
                return try folder.add("a.hdr.gz", Gzip.compress(fixture.header))
            case .plainHeaderGzipImage:
                try folder.add("a.img.gz", Gzip.compress(fixture.voxels))
                return try folder.add("a.hdr", fixture.header)
            case .capitalPair:
                try folder.add("a.IMG", fixture.voxels)
                return try folder.add("a.HDR", fixture.header)
            }
        }
    }

    /// Every datatype with its extreme values, as doubles that the type holds exactly.
    enum Kind: Int, CaseIterable {
        case uint8 = 2
        case int16 = 4
        case int32 = 8
        case float32 = 16
        case float64 = 64
        case int8 = 256
        case uint16 = 512
        case uint32 = 768
        case int64 = 1024
        case uint64 = 1280

        var expected: [Double] {
            let pattern: [Double] =
                switch self {
                case .uint8: [0, 1, 127, 128, 255]
                case .int8: [0, 1, 127, -128, -1]
                case .int16: [0, 1, 32767, -32768, -2]
                case .uint16: [0, 1, 32768, 65535, 258]
                case .int32: [0, 1, 2_147_483_647, -2_147_483_648, 16_777_217]
                case .uint32: [0, 1, 2_147_483_648, 4_294_967_295, 65536]
                case .int64: [0, 1, -9_007_199_254_740_992, 4_294_967_297, -1]
                case .uint64: [0, 1, 9_007_199_254_740_992, 9_223_372_036_854_775_808, 256]
                case .float32: [0, -0.5, 3.25, 65536.125, .infinity]
                case .float64: [0, -0.1, 1e300, 3.141592653589793, -.infinity]
                }
            return (0..<24).map { pattern[$0 % pattern.count] }
        }

        func fill(_ fixture: inout NIfTIFixture) {
            fixture.datatype = rawValue
            switch self {
            case .uint8: fixture.setVoxels(expected.map { UInt8($0) })
            case .int8: fixture.setVoxels(expected.map { Int8($0) })
            case .int16: fixture.setVoxels(expected.map { Int16($0) })
            case .uint16: fixture.setVoxels(expected.map { UInt16($0) })
            case .int32: fixture.setVoxels(expected.map { Int32($0) })
            case .uint32: fixture.setVoxels(expected.map { UInt32($0) })
            case .int64: fixture.setVoxels(expected.map { Int64($0) })
            case .uint64: fixture.setVoxels(expected.map { UInt64($0) })
            case .float32: fixture.setVoxels(expected.map { Float($0) })
            case .float64: fixture.setVoxels(expected)
            }
        }
    }

    struct Variant: CustomTestStringConvertible, Sendable {
        var version: Int
        var bigEndian: Bool
        var container: Container
        var testDescription: String { "NIfTI-\(version) \(bigEndian ? "big" : "little")-endian \(container.rawValue)" }
    }

    static let variants = [1, 2].flatMap { version in
        [false, true].flatMap { bigEndian in
            Container.allCases.map { Variant(version: version, bigEndian: bigEndian, container: $0) }
        }
    }

    private func fixture(_ variant: Variant) -> NIfTIFixture {
        NIfTIFixture(version: variant.version, bigEndian: variant.bigEndian, isPair: variant.container.isPair)
    }

    @Test("every datatype gives its values, in every version, byte order and container", arguments: variants)
    func values(_ variant: Variant) throws {
        for kind in Kind.allCases {
            let folder = try TemporaryFolder()
            var fixture = fixture(variant)
            kind.fill(&fixture)
            let image = try NIfTIImage(contentsOf: try variant.container.write(fixture, to: folder))
            #expect(image.doubles() == kind.expected, "\(kind)")
            #expect(image.volume().values == kind.expected.map { Float($0) }, "\(kind)")
            #expect(image.header?.datatype.rawValue == kind.rawValue)
            #expect(image.header?.isBigEndian == variant.bigEndian)
        }
    }

    @Test("grid, intent, description and scaling come through", arguments: variants)
    func header(_ variant: Variant) throws {
        let folder = try TemporaryFolder()
        var fixture = fixture(variant)
        fixture.datatype = 4
        fixture.slope = 0.5
        fixture.intercept = -10
        fixture.intentCode = 3
        fixture.intentParameters = [19, 0, 0]
        fixture.intentName = "group t"
        fixture.descrip = "SPM{T_[19]}"
        fixture.setVoxels((0..<24).map { Int16($0 * 100 - 1200) })
        let image = try NIfTIImage(contentsOf: try variant.container.write(fixture, to: folder))
        let expected: [Double] = (0..<24).map { Double($0) * 50 - 610 }
        #expect(image.doubles() == expected)
        #expect(image.volume().values == expected.map { Float($0) })
        #expect(image.grid.shape == [3, 4, 2])
        #expect(image.grid.affine == Affine(scale: [-2, 2, 2], origin: [90, -126, -72]))
        #expect(image.orientation == .sform)
        #expect(image.intent == Intent(code: 3, parameters: [19, 0, 0], name: "group t"))
        #expect(image.intent.tDegreesOfFreedom == 19)
        #expect(image.description == "SPM{T_[19]}")
        #expect(image.notes.isEmpty)
    }

    @Test("4-D images give their volumes in order; further axes count as more volumes", arguments: variants)
    func volumes(_ variant: Variant) throws {
        for dim in [[4, 2, 1, 2, 6, 1, 1, 1], [5, 2, 1, 2, 2, 3, 1, 1], [7, 2, 1, 2, 1, 1, 2, 3]] {
            let folder = try TemporaryFolder()
            var fixture = fixture(variant)
            fixture.dim = dim
            fixture.setVoxels((0..<24).map { Float($0) })
            let image = try NIfTIImage(contentsOf: try variant.container.write(fixture, to: folder))
            #expect(image.count == 6)
            for n in 0..<6 { #expect(image.volume(n).values == (0..<4).map { Float(4 * n + $0) }) }
            #expect(image.volumes.count == 6)
        }
    }

    @Test("extensions between header and voxels are skipped", arguments: [1, 2], [false, true])
    func extensions(version: Int, bigEndian: Bool) throws {
        let folder = try TemporaryFolder()
        var fixture = NIfTIFixture(version: version, bigEndian: bigEndian)
        fixture.extensionBytes = Array(repeating: 0xaa, count: 4096)
        fixture.setVoxels((0..<24).map { Float($0) })
        for (name, bytes) in [("a.nii", fixture.file), ("a.nii.gz", Gzip.compress(fixture.file))] {
            let image = try NIfTIImage(contentsOf: try folder.add(name, bytes))
            #expect(image.volume().values == (0..<24).map { Float($0) })
        }
    }

    @Test("axes that dim[0] leaves out count as 1, whatever they say")
    func unusedAxes() throws {
        let folder = try TemporaryFolder()
        var fixture = NIfTIFixture()
        fixture.dim = [2, 6, 4, 0, -7, 99, 0, 0]
        fixture.setVoxels((0..<24).map { Float($0) })
        let image = try NIfTIImage(contentsOf: try folder.add("a.nii", fixture.file))
        #expect(image.grid.shape == [6, 4, 1])
        #expect(image.count == 1)
    }

    @Test(
        "a slope of 0, NaN or infinity means no scaling, and the intercept is then ignored",
        arguments: [(0, 7), (.nan, 7), (.infinity, 7), (-.infinity, 7), (0, .nan), (1, 0)] as [(Double, Double)])
    func noScaling(slope: Double, intercept: Double) throws {
        let folder = try TemporaryFolder()
        var fixture = NIfTIFixture()
        fixture.slope = slope
        fixture.intercept = intercept
        fixture.setVoxels((0..<24).map { Float($0) })
        let image = try NIfTIImage(contentsOf: try folder.add("a.nii", fixture.file))
        #expect(image.volume().values == (0..<24).map { Float($0) })
    }

    @Test("gzip is told by content, not by name")
    func gzipByContent() throws {
        let folder = try TemporaryFolder()
        var fixture = NIfTIFixture()
        fixture.setVoxels((0..<24).map { Float($0) })
        #expect(
            try NIfTIImage(contentsOf: try folder.add("a.nii", Gzip.compress(fixture.file))).volume()[[1, 0, 0]] == 1)
        #expect(try NIfTIImage(contentsOf: try folder.add("b.nii.gz", fixture.file)).volume()[[1, 0, 0]] == 1)
    }

    @Test("labels are exact up to 32 bits, and refused when a value is no whole number")
    func labels() throws {
        let folder = try TemporaryFolder()
        var fixture = NIfTIFixture()
        fixture.datatype = 8
        fixture.setVoxels((0..<24).map { Int32(16_777_216 + $0) })
        let image = try NIfTIImage(contentsOf: try folder.add("a.nii", fixture.file))
        #expect(image.labels() == (0..<24).map { Int32(16_777_216 + $0) })
        fixture.datatype = 16
        fixture.setVoxels([0.5] + [Float](repeating: 1, count: 23))
        #expect(try NIfTIImage(contentsOf: try folder.add("b.nii", fixture.file)).labels() == nil)
    }
}
