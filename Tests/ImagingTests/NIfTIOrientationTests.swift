import Foundation
import Imaging
import Testing

@Suite("NIfTI images are placed in the world by sform, then qform, then voxel size")
struct NIfTIOrientationTests {
    private func image(version: Int = 1, _ change: (inout NIfTIFixture) -> Void) throws -> NIfTIImage {
        var fixture = NIfTIFixture(version: version)
        fixture.setVoxels([Float](repeating: 1, count: 24))
        fixture.sformCode = 0
        change(&fixture)
        let folder = try TemporaryFolder()
        return try NIfTIImage(contentsOf: try folder.add("a.nii", fixture.file))
    }

    private func expectClose(_ affine: Affine, _ rows: [[Double]], _ tolerance: Double = 2e-6) {
        for row in 0..<3 {
            let found = [affine.i[row], affine.j[row], affine.k[row], affine.origin[row]]
            for (f, e) in zip(found, rows[row]) { #expect(abs(f - e) <= tolerance, "row \(row): \(found)") }
        }
    }

    struct Quaternion: Sendable {
        var bcd: [Double]
        var qfac: Double
        /// Rows of `nibabel.Nifti1Header.get_qform()` (5.4.2) for voxels of 2 × 3 × 4 mm, offset (10, −20, 30).
        var rows: [[Double]]
    }

    static let quaternions = [
        Quaternion(bcd: [0, 0, 0], qfac: 1, rows: [[2, 0, 0, 10], [0, 3, 0, -20], [0, 0, 4, 30]]),
        Quaternion(bcd: [0, 0, 0], qfac: -1, rows: [[2, 0, 0, 10], [0, 3, 0, -20], [0, 0, -4, 30]]),
        Quaternion(bcd: [0, 0, 0], qfac: 0, rows: [[2, 0, 0, 10], [0, 3, 0, -20], [0, 0, 4, 30]]),
        Quaternion(bcd: [0, 1, 0], qfac: 1, rows: [[-2, 0, 0, 10], [0, 3, 0, -20], [0, 0, -4, 30]]),
        Quaternion(bcd: [0, 1, 0], qfac: -1, rows: [[-2, 0, 0, 10], [0, 3, 0, -20], [0, 0, 4, 30]]),
        Quaternion(bcd: [0, 1, 0], qfac: 0, rows: [[-2, 0, 0, 10], [0, 3, 0, -20], [0, 0, -4, 30]]),
        Quaternion(bcd: [0.5, 0.5, 0.5], qfac: 1, rows: [[0, 0, 4, 10], [2, 0, 0, -20], [0, 3, 0, 30]]),
        Quaternion(bcd: [0.5, 0.5, 0.5], qfac: -1, rows: [[0, 0, -4, 10], [2, 0, 0, -20], [0, 3, 0, 30]]),
        Quaternion(
            bcd: [0.1, -0.2, 0.3], qfac: 1,
            rows: [
                [1.48, -1.789251, -1.243779, 10], [1.032834, 2.4, -1.22189, -20], [0.8618895, 0.1964171, 3.6, 30],
            ]),
        Quaternion(
            bcd: [0.1, -0.2, 0.3], qfac: -1,
            rows: [[1.48, -1.789251, 1.243779, 10], [1.032834, 2.4, 1.22189, -20], [0.8618895, 0.1964171, -3.6, 30]]),
        // Half turns, where single precision may leave no room for a.
        Quaternion(
            bcd: [0.6, 0.8, 0], qfac: 1, rows: [[-0.56, 2.88, 0, 10], [1.92, 0.84, 0, -20], [0, 0, -4, 30]]),
        Quaternion(bcd: [1, 0, 0], qfac: -1, rows: [[2, 0, 0, 10], [0, -3, 0, -20], [0, 0, 4, 30]]),
    ]

    @Test("the qform agrees with nibabel for every qfac", arguments: quaternions, [1, 2])
    func qform(_ quaternion: Quaternion, version: Int) throws {
        let image = try image(version: version) {
            $0.qformCode = 1
            $0.quaternion = quaternion.bcd
            $0.pixdim[0] = quaternion.qfac
            $0.qoffset = [10, -20, 30]
        }
        #expect(image.orientation == .qform)
        expectClose(image.grid.affine, quaternion.rows)
    }

    @Test("the sform wins over the qform; an sform that cannot be inverted gives way with a note")
    func order() throws {
        let both = try image {
            $0.qformCode = 1
            $0.sformCode = 4
        }
        #expect(both.orientation == .sform)
        #expect(both.grid.affine.origin == [90, -126, -72])
        let empty = try image {
            $0.qformCode = 1
            $0.sformCode = 1
            $0.srow = Array(repeating: 0, count: 12)
        }
        #expect(empty.orientation == .qform)
        #expect(empty.notes.contains { $0.contains("sform") })
    }

    @Test("with neither, the first voxel is the origin, and a note says so")
    func neither() throws {
        let image = try image { $0.pixdim[2] = -3 }
        #expect(image.orientation == .pixdim)
        #expect(image.grid.affine == Affine(scale: [2, 3, 4], origin: .zero))
        #expect(image.notes.count == 2)
    }

    @Test("lengths in metres and micrometres become millimetres", arguments: [(1, 1000.0), (3, 0.001)], [1, 2])
    func units(unit: (code: Int, millimetres: Double), version: Int) throws {
        let inSform = try image(version: version) {
            $0.sformCode = 1
            // With seconds, as files have it.
            $0.units = unit.code | 8
            $0.srow = $0.srow.map { $0 / unit.millimetres }
        }
        expectClose(inSform.grid.affine, [[-2, 0, 0, 90], [0, 2, 0, -126], [0, 0, 2, -72]], 1e-12)
        #expect(inSform.notes.count == 1)
        let inQform = try image(version: version) {
            $0.qformCode = 1
            $0.units = unit.code
            $0.pixdim = $0.pixdim.enumerated().map { $0 == 0 ? $1 : $1 / unit.millimetres }
            $0.qoffset = [0.09, 0.08, 0.07].map { $0 * 1000 / unit.millimetres }
        }
        expectClose(inQform.grid.affine, [[2, 0, 0, 90], [0, 3, 0, 80], [0, 0, 4, 70]], 1e-12)
    }

    @Test("no unit means millimetres; an undefined one, too, with a note")
    func noUnits() throws {
        #expect(
            try image {
                $0.sformCode = 1; $0.units = 0
            }.notes.isEmpty)
        let odd = try image {
            $0.sformCode = 1; $0.units = 5
        }
        #expect(odd.grid.affine.origin.x == 90)
        #expect(odd.notes.count == 1)
    }

    @Test(
        "images by nibabel, gzip, big-endian NIfTI-1 and NIfTI-2, read as nibabel reads them",
        // int16, slope 0.25, t test with 21 df, sform and qform of the 2 mm MNI grid.
        arguments: [
            "H4sIAAAAAAACA2NgYIxhIAYwAyELAxMDIwQ6rkCRY2EQYGDY38DA4MCAwPYNqNh5AwODXQPD4AEsQAh1Jwg4bWFgOPQHiCcwMBxAUgYSZ4D6CQRAamAAJAZSn5JaUIRsdJ62IZj+//z/q/9v/r/7//H/l//f/v/4//v/P6AwEwMrAwcDFwMPAz+DEIMIgxiDJIMMgxyDAgALaL1ukAEAAA==",
            "H4sIAAAAAAACA5NhYmDI0zZi4OWS4mJhEGBgZoAAGM0CpZmgNCMBGgJMHRiwgg/7oQwH7PQHe1y0AhOyORfsGQY5YEEKOyT/o7q7IQzi74b4AxCBICjNcACroTD1CIDKh5uDARzQzAfHb0pqQREhfzz//+r/m//v/n/8/+X/t/8//v/+/+8/KDWwMnAwcDHwMPAzCDGIMIgxSDLIMMgxKDAAAG+LWkxQAgAA",
        ])
    func byNibabel(_ base64: String) throws {
        let bytes = [UInt8](try #require(Data(base64Encoded: base64)))
        let folder = try TemporaryFolder()
        let image = try NIfTIImage(contentsOf: try folder.add("a.nii.gz", bytes))
        #expect(image.grid == Grid(shape: [3, 4, 2], affine: Grid.mni2mm.affine))
        #expect(image.intent == Intent(code: 3, parameters: [21, 0, 0], name: "depr"))
        // get_fdata(): −6.25, −5.5, −5, −4.5, −3.75, −3, …
        let expected: [Float] = (0..<24).map { n in
            let stored = Float(n) * 2.5 - 25
            return stored.rounded(.toNearestOrEven) / 4
        }
        #expect(image.volume().values == expected)
    }
}
