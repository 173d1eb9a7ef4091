import Evidence
import Formats
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Images of participants")
struct ParticipantImagesTests {
    /// Smooth, lopsided and a little different for each person.
    private func volume(_ person: Int, grid: Grid = Head.grid, change: (SIMD3<Double>, Double) -> Double = { $1 })
        -> Volume
    {
        let brain = (try? Templates.load(.brainMask))?.resampled(to: grid, method: .nearest, background: 0)
        var volume = Volume(grid: grid, repeating: 0)
        for index in 0..<grid.count where brain?.values[index] == 1 {
            let p = grid.world(atIndex: index)
            let shared = sin((p.x + 20) / 25) + cos(p.y / 30) + p.z / 60
            let own = 0.3 * sin(Double(person) + p.x / 11) * cos(Double(person) * 2 + p.y / 13)
            volume.values[index] = Float(change(p, shared + own))
        }
        return volume
    }

    private func study(_ spoil: (Scratch) throws -> Void = { _ in }) throws -> (Scratch, ParticipantTable) {
        let scratch = try Scratch()
        var text = "id,image\n"
        for person in 1...6 {
            try NIfTIImage(volume(person)).write(to: "\(scratch.path)/\(person).nii.gz")
            text += "p\(person),\(person).nii.gz\n"
        }
        try scratch.write("table.csv", text)
        try spoil(scratch)
        return (scratch, try ParticipantTable.open("\(scratch.path)/table.csv"))
    }

    private func read(_ study: (Scratch, ParticipantTable)) throws -> ParticipantImages {
        try ParticipantImages(rows: study.1.rows)
    }

    @Test("Values of one grid are taken as they are, 0 outside the brain is no value")
    func plain() throws {
        let study = try study()
        let images = try read(study)
        #expect(images.notices.isEmpty, "\(images.notices.map(\.message))")
        let first = volume(1)
        #expect(images.mask.grid.matches(Head.grid))
        #expect(zip(images.values[0], images.mask.voxels).allSatisfy { $0.isNaN || $0 == first.values[Int($1)] })
        #expect(images.facts.allSatisfy { $0.coverage > 0.95 && !$0.isResampled })
        #expect(images.inputFiles.count == 6)
    }

    @Test("An image of another grid is resampled to that of the others, and said so with its line")
    func otherGrid() throws {
        let study = try study { scratch in
            let grid = try #require(Grid.mni(voxelSize: 6))
            try NIfTIImage(volume(3, grid: grid)).write(to: "\(scratch.path)/3.nii.gz")
        }
        let images = try read(study)
        let notice = try #require(images.notices.first { $0.code == "image-resampled" })
        #expect(notice.location?.line == 4)
        #expect(notice.message.contains("6 × 6 × 6 mm"))
        #expect(images.facts.map(\.isResampled) == [false, false, true, false, false, false])
    }

    @Test(
        "Where the first image has the odd grid all are read anew on that of most, with the same values as in any order"
    )
    func firstIsOdd() throws {
        func odd(_ person: Int) throws -> (Scratch, ParticipantTable) {
            try study { scratch in
                let grid = try #require(Grid.mni(voxelSize: 6))
                try NIfTIImage(volume(person, grid: grid)).write(to: "\(scratch.path)/\(person).nii.gz")
            }
        }
        let images = try read(odd(1))
        #expect(images.mask.grid.matches(Head.grid))
        #expect(images.facts.map(\.isResampled) == [true, false, false, false, false, false])
        #expect(images.notices.filter { $0.code == "image-resampled" }.count == 1)
        let other = try read(odd(3))
        #expect(images.mask == other.mask)
        let same = zip(images.values[1], other.values[1]).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
        #expect(same)
    }

    @Test("What does not fit is told once the first image is read, before the others")
    func fits() throws {
        struct TooLarge: Error {}
        // The second image is missing, which nobody comes to see.
        let study = try study { try FileManager.default.removeItem(atPath: "\($0.path)/2.nii.gz") }
        var voxels = 0
        #expect(throws: TooLarge.self) {
            try ParticipantImages(rows: study.1.rows) { mask in
                voxels = mask.count
                throw TooLarge()
            }
        }
        #expect(voxels > 1000)
        withExtendedLifetime(study) {}
    }

    @Test("Percent among fractions is refused, a wide one told")
    func units() throws {
        let wide = try study { scratch in
            try NIfTIImage(volume(2) { $1 * 100 }).write(to: "\(scratch.path)/2.nii.gz")
        }
        let error = #expect(throws: InputError.self) { try read(wide) }
        #expect(error?.location?.line == 3)
        #expect(error?.message.contains("other units") == true)
        let less = try study { scratch in
            try NIfTIImage(volume(2) { $1 * 8 }).write(to: "\(scratch.path)/2.nii.gz")
        }
        #expect(try read(less).notices.contains { $0.code == "image-units" && $0.location?.line == 3 })
    }

    @Test("A contrast with its sign turned, and an image with left and right swapped, are told")
    func turned() throws {
        let signed = try study { scratch in
            try NIfTIImage(volume(4) { -$1 }).write(to: "\(scratch.path)/4.nii.gz")
        }
        #expect(try read(signed).notices.map(\.code) == ["image-sign"])
        let mirrored = try study { scratch in
            let shape = Head.grid.shape
            let own = volume(5)
            var turned = own
            for k in 0..<shape.z {
                for j in 0..<shape.y {
                    for i in 0..<shape.x { turned[[i, j, k]] = own[[shape.x - 1 - i, j, k]] }
                }
            }
            try NIfTIImage(turned).write(to: "\(scratch.path)/5.nii.gz")
        }
        let notices = try read(mirrored).notices
        #expect(notices.contains { $0.code == "image-mirrored" && $0.location?.line == 6 }, "\(notices.map(\.message))")
    }

    @Test("A header with an axis turned puts the brain elsewhere, which its overlap shows")
    func header() throws {
        let study = try study { scratch in
            let own = volume(6)
            let grid = try #require(
                Grid(shape: own.grid.shape, affine: Affine(scale: [-8, -8, 8], origin: [90, 90, -72])))
            try NIfTIImage(Volume(grid: grid, values: own.values)).write(to: "\(scratch.path)/6.nii.gz")
        }
        let notices = try read(study).notices
        #expect(
            notices.contains { $0.code == "image-turned" && $0.message.contains("front and back") },
            "\(notices.map(\.message))")
    }

    @Test("A missing file, one file for two people, several volumes and a map that is not in the brain are refused")
    func refused() throws {
        let missing = try study { try FileManager.default.removeItem(atPath: "\($0.path)/2.nii.gz") }
        let absent = #expect(throws: InputError.self) { try read(missing) }
        #expect(absent?.location?.line == 3)
        #expect(absent?.message.contains("2.nii.gz") == true)

        let scratch = try study().0
        try scratch.write("table.csv", "id,image\na,1.nii.gz\nb,2.nii.gz\nc,1.nii.gz\n")
        let table = try ParticipantTable.open("\(scratch.path)/table.csv")
        let twice = #expect(throws: InputError.self) { try ParticipantImages(rows: table.rows) }
        #expect(twice?.message.contains("stands in line 2 already (a)") == true)

        let several = try study { scratch in
            let two = try #require(NIfTIImage([volume(1), volume(2)]))
            try two.write(to: "\(scratch.path)/1.nii.gz")
        }
        #expect(throws: InputError.self) { try read(several) }

        let away = try study { scratch in
            let own = volume(1)
            let grid = try #require(
                Grid(shape: own.grid.shape, affine: Affine(scale: [-8, 8, 8], origin: [400, -126, -72])))
            try NIfTIImage(Volume(grid: grid, values: own.values)).write(to: "\(scratch.path)/1.nii.gz")
        }
        let elsewhere = #expect(throws: InputError.self) { try read(away) }
        #expect(elsewhere?.message.contains("0 %") == true)
    }

    @Test(
        "ANALYZE pairs are placed as SPM placed them: nibabel's affine, values and gaps",
        .enabled(if: Shelf.isHere, Shelf.absence))
    func analyze() throws {
        let path = try #require(Shelf.file("data/wager2008/con_00810001.img"))
        let (image, isAnalyze) = try NIfTIImage.readingAnalyze(path)
        #expect(isAnalyze)
        #expect(image.grid.shape == [47, 56, 31])
        // nibabel 5.3: [[-3.4375 0 0 79.0625] [0 3.4375 0 -113.4375] [0 0 4.5 -49.5]].
        #expect(image.grid.affine == Affine(scale: [-3.4375, 3.4375, 4.5], origin: [79.0625, -113.4375, -49.5]))
        #expect(throws: NIfTIError.self) { try NIfTIImage(contentsOf: path) }
    }
}
