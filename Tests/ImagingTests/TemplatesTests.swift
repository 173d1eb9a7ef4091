import Foundation
import Imaging
import Testing

@Suite("Templates shipped with the program")
struct TemplatesTests {
    /// Sums and values computed with nibabel 5 and numpy from the 1 mm images inside nilearn 0.14.1, at the points of
    /// the 2 mm grid; stored numbers (0 to 255).
    @Test(
        "hold the values of the 1 mm source at the 2 mm voxel centres",
        arguments: [
            (Templates.Name.t1, 1.0, 41_683_021.0, [169.0, 158, 71, 157, 217]),
            (.greyMatter, 255, 32_123_388, [226, 237, 23, 239, 23]),
            (.whiteMatter, 255, 21_371_790, [16, 0, 0, 2, 231]),
            (.brainMask, 1, 235_818, [1, 1, 1, 1, 1]),
        ] as [(Templates.Name, Double, Double, [Double])])
    func valuesOfSource(name: Templates.Name, scale: Double, sum: Double, values: [Double]) throws {
        let volume = try Templates.load(name)
        #expect(volume.grid == .mni2mm)
        let total = volume.values.reduce(into: 0.0) { $0 += (Double($1) * scale).rounded() }
        #expect(total == sum)
        let points: [SIMD3<Double>] = [[-4, -4, 56], [-44, 12, -6], [0, 0, 0], [28, -46, -26], [-54, -52, 8]]
        for (point, value) in zip(points, values) {
            let voxel = try #require(volume.grid.nearestVoxel(to: point))
            #expect(abs(Double(volume[voxel]) * scale - value) < 1e-4, "at \(point)")
        }
    }

    @Test("tissue probabilities lie from 0 to 1 and the mask is 0 or 1")
    func ranges() throws {
        for name in [Templates.Name.greyMatter, .whiteMatter] {
            let values = try Templates.load(name).values
            #expect(values.min() == 0)
            #expect(values.max() == 1)
        }
        #expect(Set(try Templates.load(.brainMask).values) == [0, 1])
    }

    @Test("are left-right symmetric, as the file names of the source say")
    func symmetric() throws {
        let volume = try Templates.load(.greyMatter)
        let shape = volume.grid.shape
        var differing = 0
        for k in 0..<shape.z {
            for j in 0..<shape.y {
                for i in 0..<shape.x where volume[[i, j, k]] != volume[[shape.x - 1 - i, j, k]] { differing += 1 }
            }
        }
        #expect(differing == 0)
    }

    /// Sums of Gaussians (10 mm FWHM) over the 296,857 foci at the voxels' centres, added up directly, without bins of 2 mm, relative to
    /// the sum at the highest voxel, and scaled to 65,535 there. Bins and their ends make 4 % at most.
    @Test("the density of published foci is what the foci themselves add up to, highest in the anterior insula")
    func fociDensity() throws {
        let volume = try Templates.load(.fociDensity)
        #expect(volume.grid == Grid.mni(voxelSize: 4))
        #expect(volume.values.max() == 65535 && volume.values.min() == 0)
        let highest = try #require(volume.values.firstIndex(of: 65535))
        #expect(volume.grid.world(atIndex: highest) == [34, 22, 0])
        for (point, value) in [
            ([-2, 6, 48], 42985), ([-38, 18, -4], 46437), ([38, 22, -4], 58820), ([-26, -6, -16], 39490),
            ([-42, 2, 32], 39834), ([2, -58, -40], 5796), ([-18, 62, -8], 3380), ([30, -30, 4], 7268),
            ([-50, -70, 0], 28930),
        ] as [(SIMD3<Double>, Double)] {
            let voxel = try #require(volume.grid.nearestVoxel(to: point))
            #expect(abs(Double(volume[voxel]) / value - 1) < 0.04, "at \(point)")
        }
        // It reaches past the brain, so that interpolation in it never meets the end.
        let brain = Mask(try Templates.load(.brainMask))
        #expect(brain.values(of: volume).allSatisfy { $0 > 0 })
    }

    @Test("an absent template is an error that names every folder looked in")
    func absent() {
        let folder = ResourceFolder(
            environment: [:], executable: "/nowhere/bin/cuneus", sourceFile: "/gone/Imaging/ResourceFolder.swift")
        let error = #expect(throws: TemplateError.self) { try Templates.load(.t1, from: folder) }
        let text = error?.description ?? ""
        for place in [
            "/nowhere/bin/Cuneus_Imaging.resources/Resources", "/nowhere/share/cuneus", "/gone/Imaging/Resources",
            "CUNEUS_RESOURCES", "tpl-MNI152NLin2009aSym_res-02_T1w.nii.gz",
        ] {
            #expect(text.contains(place), "\(place) in: \(text)")
        }
    }

    @Test("CUNEUS_RESOURCES is the only place when it is set")
    func named() {
        let folder = ResourceFolder(environment: ["CUNEUS_RESOURCES": "/mine"], executable: "/nowhere/bin/cuneus")
        #expect(folder.candidates == ["/mine"])
    }

    @Test("are found beside the program, without the source tree")
    func besideProgram() {
        let folder = ResourceFolder(environment: [:], sourceFile: "/gone/Imaging/ResourceFolder.swift")
        #expect(folder.path(of: Templates.Name.brainMask.fileName) != nil, "looked in \(folder.candidates)")
    }

    @Test("a file that is no image is an error, not a trap")
    func broken() throws {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("cuneus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        try Data("not an image".utf8).write(to: place.appendingPathComponent(Templates.Name.t1.fileName))
        let folder = ResourceFolder(environment: ["CUNEUS_RESOURCES": place.path])
        let error = #expect(throws: TemplateError.self) { try Templates.load(.t1, from: folder) }
        #expect(error?.description.contains(place.path) == true)
    }
}
