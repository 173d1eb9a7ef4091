import Figures
import Foundation
import Imaging
import Testing

@Suite struct SurfaceTests {
    /// A map whose value is x, on a grid that holds the whole head.
    private var ramp: Volume {
        let grid = Grid.mni2mm
        return Volume(grid: grid, values: (0..<grid.count).map { Float(grid.world(atIndex: $0).x) })
    }

    /// Vertices − edges + faces: 2 of a closed surface without handles.
    private static func eulerNumber(_ hemisphere: CorticalSurface.Hemisphere) -> Int {
        var edges: Set<[Int]> = []
        for triangle in hemisphere.triangles {
            let corners = (0..<3).map { Int(triangle[$0]) }
            for (a, b) in [(0, 1), (1, 2), (2, 0)] {
                edges.insert([min(corners[a], corners[b]), max(corners[a], corners[b])])
            }
        }
        return hemisphere.white.count - edges.count + hemisphere.triangles.count
    }

    @Test("the surface has fsaverage5's numbers, left on the left, and grey matter as thick as grey matter is")
    func anatomy() throws {
        let surface = try CorticalSurface()
        try #require(surface.hemispheres.count == 2)
        for hemisphere in surface.hemispheres {
            #expect(hemisphere.white.count == 10242)
            #expect(hemisphere.triangles.count == 20480)
            let x = hemisphere.pial.map(\.x).reduce(0, +) / 10242
            #expect(hemisphere.isLeft ? x < -20 : x > 20, "the hemispheres are swapped")
            #expect(Self.eulerNumber(hemisphere) == 2, "the surface has holes or handles")
            let thickness = zip(hemisphere.white, hemisphere.pial).map { white, pial -> Double in
                let step = pial - white
                return (step * step).sum().squareRoot()
            }
            let mean = thickness.reduce(0, +) / Double(thickness.count)
            #expect((1.5...3.5).contains(mean), "mean thickness \(mean) mm: white and pial do not belong together")
        }
    }

    /// The example of FreeSurfer's wiki (CoordinateSystems); its matrix is printed to four digits, which is .003 mm there.
    @Test("fsaverage's coordinates become those of MNI152 by FreeSurfer's matrix")
    func affine() {
        let place = CorticalSurface.mni152([10, -20, 35])
        let expected = SIMD3<Double>(10.695, -18.409, 36.137)
        for axis in 0..<3 { #expect(abs(place[axis] - expected[axis]) < 0.005, "\(place)") }
    }

    @Test("a map read along the ribbon has the value of the place: where the map is x, the ribbon's mean x")
    func sampling() throws {
        let sampler = RibbonSampler(ramp, isShown: { _ in true })
        for hemisphere in try CorticalSurface().hemispheres {
            var worst = 0.0
            for (white, pial) in zip(hemisphere.white, hemisphere.pial) {
                let sample = sampler(white: white, pial: pial)
                // Trilinear reading is exact for a linear map; where the ribbon leaves the grid nothing is said.
                guard sample.share > 0.999 else { continue }
                worst = max(worst, abs(sample.value - (white.x + pial.x) / 2))
            }
            #expect(worst < 0.01, "the ribbon is read \(worst) mm from where it is")
        }
    }

    @Test("an effect in the left hemisphere colours the left one only, warm above zero")
    func side() throws {
        let volume = ramp
        let left = SurfaceView(
            volume, isShown: { volume.values[$0] < -20 }, range: 0...80, surface: try CorticalSurface(),
            pixelsPerMillimetre: 0.5)
        #expect(left.hasNegative)
        #expect(!left.hasPositive, "an effect on the left reaches the right hemisphere")
        for panel in left.panels {
            var coloured = 0
            for y in panel.y..<panel.y + panel.height {
                for x in panel.x..<panel.x + panel.width {
                    let pixel = left.image[x, y]
                    if pixel.alpha > 200, Int(pixel.blue) > Int(pixel.red) + 30 { coloured += 1 }
                }
            }
            // From between the hemispheres little of what lies 20 mm off the middle is seen.
            let least = panel.isLeft && panel.isLateral ? 1000 : 0
            #expect(coloured >= least, "\(panel.name): \(coloured) coloured pixels")
            if !panel.isLeft { #expect(coloured == 0, "\(panel.name): \(coloured) coloured pixels") }
        }
    }
}

@Suite struct DisplaySideTests {
    /// Columns of the warm pixels of a picture's axial panel, as a share of its width.
    private func columns(_ side: DisplaySide) throws -> [Double] {
        let grid = Grid.mni2mm
        let mask = Mask(grid: grid) { index in
            let place = grid.world(atIndex: index)
            return abs(place.x) < 60 && abs(place.y) < 80 && abs(place.z) < 50
        }
        let z = (0..<mask.count).map { position -> Float in
            let place = mask.world(at: position)
            return abs(place.x + 40) < 6 && abs(place.y) < 6 && abs(place.z) < 6 ? 5 : 0
        }
        let glass = GlassBrain(z: z, mask: mask, background: nil)
        let drawing = BrainDrawing(side: side, description: "").glass(glass)
        let panel = try #require(glass.panels.first { $0.plane == .axial })
        guard case .image(let image, _, _) = try #require(drawing.elements.first).shape else { return [] }
        var found: [Double] = []
        for y in panel.y..<panel.y + panel.height {
            for x in 0..<panel.width {
                let pixel = image[panel.x + x, y]
                if pixel.alpha > 200, Int(pixel.red) > Int(pixel.blue) + 60 {
                    found.append(Double(x) / Double(panel.width))
                }
            }
        }
        return found
    }

    @Test("the subject's left is on the left, or on the right where radiologists read it")
    func sides() throws {
        let left = try columns(.neurological)
        let right = try columns(.radiological)
        try #require(!left.isEmpty)
        #expect(left.allSatisfy { $0 < 0.5 }, "a left effect is shown on the right")
        #expect(right.count == left.count)
        #expect(right.allSatisfy { $0 > 0.5 }, "radiological figures are not turned round")
    }

    @Test("a figure says where left is, and its letters agree")
    func words() throws {
        let mask = Mask(grid: Grid.mni2mm) { _ in true }
        let glass = GlassBrain(z: [Float](repeating: 0, count: mask.count), mask: mask, background: nil)
        let drawing = BrainDrawing(side: .radiological, description: "").glass(glass)
        let texts = drawing.elements.compactMap { element -> String? in
            guard case .text(let text) = element.shape else { return nil }
            return text.content
        }
        #expect(texts.contains("Left is right (radiological)"))
        // From the side: back, front; from behind and from above: right is on the left of the page.
        #expect(Array(texts.prefix(6)) == ["P", "A", "R", "L", "R", "L"])
    }
}
