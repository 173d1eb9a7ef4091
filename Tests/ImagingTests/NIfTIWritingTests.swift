import Foundation
import Imaging
import Testing

@Suite("NIfTI images are written so that every program reads them")
struct NIfTIWritingTests {
    private static let oblique = Affine(
        i: [1.48, 1.032834, 0.8618895], j: [-1.789251, 2.4, 0.1964171], k: [1.243779, 1.22189, -3.6],
        origin: [10, -20, 30])

    private func grid(_ affine: Affine = Grid.mni2mm.affine) throws -> Grid {
        try #require(Grid(shape: [3, 4, 2], affine: affine))
    }

    private func volume(_ values: (Int) -> Float) throws -> Volume {
        Volume(grid: try grid(), values: (0..<24).map(values))
    }

    @Test(
        "what was written is read: float32, uint8, int16, int32; plain and gzip",
        arguments: [NIfTIDatatype.float32, .uint8, .int16, .int32], ["a.nii", "a.nii.gz"])
    func roundTrip(datatype: NIfTIDatatype, name: String) throws {
        let folder = try TemporaryFolder()
        let first = try volume { Float($0) }
        let second = try volume { Float($0 * 10) }
        let intent = Intent(code: 3, parameters: [21, 0, 0], name: "depression")
        let image = try #require(NIfTIImage([first, second], intent: intent, description: "Cuneus"))
        try image.write(to: folder.path + "/" + name, datatype: datatype)
        let read = try NIfTIImage(contentsOf: folder.path + "/" + name)
        #expect(read.volumes == [first, second])
        #expect(read.intent == intent)
        #expect(read.description == "Cuneus")
        #expect(read.header?.datatype == datatype)
        #expect(read.header?.version == .one)
        #expect(folder.names == [name], "no temporary file stays")
    }

    @Test("missing and infinite values stay in float32")
    func notFinite() throws {
        let values: [Float] = [.nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude]
        let bytes = try NIfTIImage(try volume { values[$0 % 5] }).encoded()
        let folder = try TemporaryFolder()
        let read = try NIfTIImage(contentsOf: try folder.add("a.nii", bytes)).volume().values
        #expect(read.map(\.bitPattern) == (0..<24).map { values[$0 % 5].bitPattern })
    }

    @Test("the header holds the standard's bytes at the standard's places")
    func header() throws {
        let image = NIfTIImage(try volume { Float($0) }, intent: .zScore, description: "z")
        let bytes = try image.encoded()
        var expected = NIfTIFixture()
        expected.pixdim = [-1, 2, 2, 2, 0, 0, 0, 0]
        expected.slope = 1
        expected.units = 10
        expected.intentCode = 5
        expected.descrip = "z"
        expected.qformCode = 4
        expected.sformCode = 4
        // nibabel: nifti1.Nifti1Header.set_qform of diag(−2, 2, 2): qfac −1, half turn around y.
        expected.quaternion = [0, 1, 0]
        expected.qoffset = [90, -126, -72]
        expected.setVoxels((0..<24).map { Float($0) })
        #expect(bytes.count == expected.file.count)
        let different = zip(bytes, expected.file).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
        #expect(different == [])
        #expect(bytes == (try image.encoded()))
        expected.version = 2
        let second = try image.encoded(version: .two)
        #expect(zip(second, expected.file).enumerated().filter { $1.0 != $1.1 }.map(\.offset) == [])
    }

    @Test("sform and qform say the same for oblique and flipped grids")
    func qform() throws {
        let affines = [
            Grid.mni2mm.affine, Affine(scale: [2, 2, 2], origin: [-90, -126, -72]), Self.oblique,
            Affine(scale: [1, -2, 3], origin: .zero), Affine(scale: [-1, -2, 3], origin: .zero),
            Affine(scale: [-1, -2, -3], origin: .zero),
            Affine(i: [0, 0, 2], j: [3, 0, 0], k: [0, 4, 0], origin: .zero),
        ]
        let folder = try TemporaryFolder()
        for affine in affines {
            let grid = try grid(affine)
            var bytes = try NIfTIImage(Volume(grid: grid, repeating: 0)).encoded()
            // sform_code off: the reader falls back to the qform.
            bytes[254] = 0
            let read = try NIfTIImage(contentsOf: try folder.add("a.nii", bytes))
            #expect(read.orientation == .qform)
            #expect(read.grid.matches(grid, tolerance: 1e-4), "\(affine)")
        }
    }

    @Test("the qform holds every rotation, by three Euler angles, of either handedness")
    func rotations() throws {
        func turn(_ v: SIMD3<Double>, _ axis: Int, _ degrees: Double) -> SIMD3<Double> {
            let (a, b) = ((axis + 1) % 3, (axis + 2) % 3)
            let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
            var result = v
            result[a] = c * v[a] - s * v[b]
            result[b] = s * v[a] + c * v[b]
            return result
        }
        let folder = try TemporaryFolder()
        for x in stride(from: -170.0, through: 180, by: 50) {
            for y in stride(from: -80.0, through: 90, by: 34) {
                for z in stride(from: -160.0, through: 180, by: 68) {
                    for flip in [1.0, -1] {
                        let axes = ([[2, 0, 0], [0, 3, 0], [0, 0, 4 * flip]] as [SIMD3<Double>]).map {
                            turn(turn(turn($0, 0, x), 1, y), 2, z)
                        }
                        let grid = try grid(Affine(i: axes[0], j: axes[1], k: axes[2], origin: [1, 2, 3]))
                        var bytes = try NIfTIImage(Volume(grid: grid, repeating: 0)).encoded()
                        bytes[254] = 0
                        let read = try NIfTIImage(contentsOf: try folder.add("a.nii", bytes))
                        // Near half turns single precision leaves a = √(1 − b² − c² − d²) to about 3e-4, 0.01 mm here.
                        #expect(read.grid.matches(grid, tolerance: 0.01), "\(x) \(y) \(z) \(flip)")
                    }
                }
            }
        }
    }

    @Test("a sheared grid gets an sform and no qform")
    func shear() throws {
        let affine = Affine(i: [2, 0, 0], j: [0.5, 2, 0], k: [0, 0, 2], origin: .zero)
        let bytes = try NIfTIImage(Volume(grid: try grid(affine), repeating: 0)).encoded()
        #expect(bytes[252] == 0 && bytes[254] == 4)
        let folder = try TemporaryFolder()
        #expect(try NIfTIImage(contentsOf: try folder.add("a.nii", bytes)).grid.affine == affine)
    }

    @Test("whole-number types round ties to even and refuse what they cannot hold")
    func wholeNumbers() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.nii"
        let values: [Float] = [0.4, 0.5, 1.5, 2.5, 254.6]
        try NIfTIImage(try volume { values[$0 % 5] }).write(to: path, datatype: .uint8)
        let read = try NIfTIImage(contentsOf: path).volume().values
        #expect(read[..<5] == [0, 0, 2, 2, 255])
        let refused: [(Float, NIfTIDatatype)] = [
            (255.5, .uint8), (-1, .uint8), (.nan, .uint8), (32768, .int16), (.infinity, .int16),
            (2_147_483_648, .int32),
        ]
        for (value, datatype) in refused {
            let image = NIfTIImage(try volume { _ in value })
            let error = #expect(throws: NIfTIError.self) { try image.write(to: path, datatype: datatype) }
            #expect(error?.field == "datatype")
        }
        #expect(throws: NIfTIError.self) { try NIfTIImage(try volume { _ in 0 }).write(to: path, datatype: .float64) }
        // The earlier file is still there, whole.
        #expect(try NIfTIImage(contentsOf: path).volume().values == read)
    }

    @Test("axes beyond 32767 are written as NIfTI-2")
    func longAxis() throws {
        let grid = try #require(Grid(shape: [40_000, 1, 1], affine: Grid.mni2mm.affine))
        let image = NIfTIImage(Volume(grid: grid, values: (0..<40_000).map { Float($0) }))
        let folder = try TemporaryFolder()
        try image.write(to: folder.path + "/a.nii.gz")
        let read = try NIfTIImage(contentsOf: folder.path + "/a.nii.gz")
        #expect(read.header?.version == .two)
        #expect(read.volume() == image.volume())
        #expect(throws: NIfTIError.self) { try image.encoded(version: .one) }
    }

    @Test("long names are cut between characters")
    func longText() throws {
        let image = NIfTIImage(
            try volume { _ in 0 }, intent: .estimate("Größe des Effekts"),
            description: String(repeating: "é", count: 60))
        let folder = try TemporaryFolder()
        let read = try NIfTIImage(contentsOf: try folder.add("a.nii", try image.encoded()))
        #expect(read.intent.name == "Größe des Eff")
        #expect(read.description == String(repeating: "é", count: 39))
    }

    @Test("a folder that does not exist, or another ending, is refused with the path")
    func refused() throws {
        let image = NIfTIImage(try volume { _ in 0 })
        let folder = try TemporaryFolder()
        for path in [folder.path + "/none/a.nii", folder.path + "/a.img", folder.path + "/a.gz"] {
            let error = #expect(throws: NIfTIError.self) { try image.write(to: path) }
            #expect(error?.file == path)
        }
        #expect(folder.names.isEmpty)
    }

    @Test("volumes of different grids do not make an image")
    func differentGrids() throws {
        let other = try grid(Affine(scale: [3, 3, 3], origin: .zero))
        #expect(NIfTIImage([try volume { _ in 0 }, Volume(grid: other, repeating: 0)]) == nil)
        #expect(NIfTIImage([]) == nil)
    }
}
